"""The table of everything `lms check` can say: a stable code, error or warning, what it means and how to fix it."""

from __future__ import annotations

from typing import Literal

Severity = Literal["error", "warning"]

CODES: dict[str, tuple[Severity, str, str]] = {
    # Limits
    "FILE_TOO_LARGE": (
        "error",
        "A file is too large for a course.",
        "Split the file, or make the picture smaller.",
    ),
    "COURSE_TOO_LARGE": ("error", "The course is larger than 200 MB.", "Make pictures and recordings smaller."),
    "TOO_MANY_FILES": (
        "error",
        "The course has more than 2,000 files.",
        "Remove the files that the course doesn’t use.",
    ),
    "PATH_OUTSIDE": (
        "error",
        "A path or a link points outside the course’s folder.",
        "Put every file inside the course’s folder.",
    ),
    "NOT_UTF8": ("error", "A file isn’t encoded in UTF-8.", "Save the file again with UTF-8 encoding."),
    "NUL_BYTE": ("error", "A text file contains a NUL byte.", "Copy the text into a new plain text file."),
    "PARAGRAPH_TOO_LONG": (
        "error",
        "A paragraph is longer than 8 kB.",
        "Split it with a blank line where a new thought starts.",
    ),
    "TOO_MANY_BRACKETS": (
        "error",
        "More than 50 brackets are opened and never closed.",
        "Close the brackets, or remove them.",
    ),
    "NESTING_TOO_DEEP": (
        "error",
        "Lists or quotes are nested more than 20 levels deep.",
        "Use fewer levels. Two are plenty for a reader.",
    ),
    # Front matter
    "NO_FRONT_MATTER": (
        "error",
        "A file doesn’t start with front matter.",
        "Start the file with a line of three hyphens, then the keys, then three hyphens again.",
    ),
    "YAML_BROKEN": (
        "error",
        "The front matter isn’t valid YAML.",
        "Check the line we name. Text that contains a colon or a quotation mark needs quotes around it.",
    ),
    "YAML_REFUSED": (
        "error",
        "The front matter uses an anchor, an alias or a tag.",
        "Write the value out in full.",
    ),
    "DUPLICATE_KEY": ("error", "A key appears twice in the front matter.", "Remove one of the two."),
    "UNKNOWN_KEY": (
        "error",
        "A course can’t have this key or attribute.",
        "Check the spelling, or remove it.",
    ),
    "MISSING_KEY": ("error", "A required key is missing.", "Add the key."),
    "BAD_VALUE": ("error", "A value doesn’t have the form that its key needs.", "Write it in the form we name."),
    "PUT_IN_QUOTES": (
        "warning",
        "YAML reads this value as something other than the text you see.",
        "Put it in quotes.",
    ),
    "TEXT_CUT_SHORT": (
        "error",
        "YAML cuts a text in the front matter short.",
        "Put the whole text in straight quotes.",
    ),
    "CURLY_QUOTES": (
        "error",
        "There are curly quotes where only straight ones are read.",
        'Replace “ and ” with ". Curly quotes around speech can stay inside the straight ones.',
    ),
    "HIDDEN_SPACE": (
        "error",
        "There is a special space where only a plain one is read. Text pasted from a word processor or a web page often has them.",
        "Delete the space after or before the mark, and type it again.",
    ),
    "PASTED_BULLET": (
        "error",
        "A bullet, dash or number pasted from a word processor doesn’t make a list or a table.",
        "Start the line with a hyphen and a space, or with a number, a full stop and a space.",
    ),
    "NOT_READ": (
        "error",
        "We couldn’t read a file, so its content is missing from the course.",
        "Fix the other errors in this file.",
    ),
    "BAD_VERSION": ("error", "The version isn’t three numbers separated by dots.", 'Write it as in "1.0.0".'),
    "BAD_ID": (
        "error",
        "An id contains something other than lower-case letters, digits and hyphens.",
        "Use a short id in lower case, such as pfa-q05.",
    ),
    # Structure
    "MISSING_FILE": ("error", "A file that the course needs is missing.", "Add the file."),
    "UNKNOWN_FILE": (
        "error",
        "Courses don’t use files of this name, so nobody would see it.",
        "Rename the file, or remove it from the folder.",
    ),
    "HIDDEN_FILE": (
        "error",
        "A file name starts with a dot, so the file isn’t read.",
        "Remove the dot, or remove the file from the folder.",
    ),
    "UNREADABLE_FILE": (
        "error",
        "We can’t open a file or folder.",
        "Check its permissions. If it’s a broken link, replace it with a real file.",
    ),
    "SAME_NAME": (
        "error",
        "Two files have names that look the same.",
        "Rename one of the two.",
    ),
    "LANGUAGE_NOT_SHOWN": (
        "warning",
        "The folder contains a translation, and we don’t show translations yet.",
        "You don’t need to do anything. The file can stay.",
    ),
    "LANGUAGE_WITHOUT_DATES": (
        "warning",
        "We can’t write dates in the course’s language, so its certificates are in English.",
        "Check the language code. If it’s right, you don’t need to do anything.",
    ),
    "ID_NOT_FILE_NAME": ("error", "The id differs from the file name (without its number).", "Make the two the same."),
    "MISSING_ID": (
        "error",
        "Something that learners’ progress refers to has no id.",
        "Add an id in braces, such as {#pfa-q05}.",
    ),
    "DUPLICATE_ID": ("error", "An id is used twice.", "Change one of the two ids."),
    "UNKNOWN_OBJECTIVE": (
        "error",
        "An objective isn’t listed in course.md.",
        "Use the id of an objective in course.md, or add the objective there.",
    ),
    "BAD_LINK": (
        "error",
        "A link doesn’t lead anywhere, or leads somewhere that courses can’t link to.",
        "Link to an address that starts with https://, to a heading on this page, or to another lesson or a conversation by its file.",
    ),
    "LINK_SAYS_NOTHING": (
        "warning",
        "The link text doesn’t say where the link leads. Screen readers list links by their text.",
        "Say in the link text what the reader finds there, as in [the Red Cross guide](...).",
    ),
    "COLOUR_ONLY": (
        "warning",
        "The text refers to something by its colour alone, which not everyone can see.",
        "Name its words, shape or place as well.",
    ),
    "BAD_IMAGE": (
        "error",
        "A picture isn’t in the course’s media folder.",
        "Put the picture in media/ and refer to it as media/its-name.",
    ),
    "BAD_MEDIA": (
        "error",
        "Not every browser can show a file in the media folder.",
        "Export it as PNG, JPEG, WebP or SVG, with the matching file ending.",
    ),
    "PICTURE_TOO_LARGE": (
        "error",
        "A picture has more pixels than a phone can open.",
        "Scale it down to 4,000 by 4,000 pixels or less.",
    ),
    "NO_ALT": (
        "error",
        "A picture has no text alternative for people who can’t see it.",
        "Describe in the square brackets what the picture shows.",
    ),
    "NO_TRANSCRIPT": (
        "error",
        "A recording has no transcript.",
        "Add a file with the same name that ends in .txt or .vtt.",
    ),
    "NO_CAPTIONS": (
        "error",
        "A video has no captions for people who can’t hear it.",
        "Add a file with the same name that ends in .vtt. Many programs write one from the sound; read it through.",
    ),
    "RECORDING_NOT_ALONE": (
        "error",
        "A link to a recording isn’t in a paragraph of its own, so it would not be played.",
        "Put the link in a paragraph of its own, in the text of a lesson.",
    ),
    "HEADING_JUMP": ("error", "A heading skips a level.", "Start with ## and go down one level at a time."),
    "NO_TABLE_HEADER": ("error", "A table has an empty header.", "Say in the first row what each column contains."),
    "RAW_HTML": ("error", "The text contains HTML, which we’d remove.", "Use Markdown instead."),
    "READS_DIFFERENTLY": (
        "warning",
        "A Git host shows this text differently from us.",
        "Write this part in simpler Markdown.",
    ),
    "MARKS_SHOWN": (
        "warning",
        "Formatting from another program shows up as plain characters.",
        "Use formatting that courses support, or write it in words. It can stay between backquotes.",
    ),
    "NEVER_USED": (
        "error",
        "A footnote or a link is defined but never used, so nobody sees it.",
        "Refer to it in the text, or remove the line.",
    ),
    "FOOTNOTE_NOT_SHOWN": (
        "error",
        "A question, a conversation or the glossary refers to a footnote, which it can’t show.",
        "Say it in the text, or cite a source from course.md.",
    ),
    "UNKNOWN_PLACEHOLDER": (
        "error",
        "There’s no programme fact with the name in double braces.",
        "Use {{lead}}, {{emergency}} or {{limits_statement}}.",
    ),
    "UNKNOWN_ALERT": (
        "error",
        "There’s no callout of this kind.",
        "Use [!NOTE], [!CAUTION] or [!TIP] on its own on the first line of the quote.",
    ),
    "CALLOUT_FRAGMENT": (
        "warning",
        "A callout only makes sense together with the heading we put over it.",
        "Write whole sentences. After [!CAUTION], start with what not to do, such as Don’t promise secrecy.",
    ),
    "EMPTY_PAGE": ("error", "A page is empty.", "Write the page, or remove the file."),
    "GLOSSARY_SHAPE": (
        "error",
        "The glossary isn’t a single table of terms and meanings.",
        "Write one table with the header | Term | Meaning | and nothing else.",
    ),
    "EMPTY_CELL": (
        "error",
        "A row of the glossary has no term or no meaning.",
        "Fill in the cell, or remove the row.",
    ),
    "DUPLICATE_TERM": ("error", "A term appears twice in the glossary.", "Remove one of the two."),
    # Care
    "MISSING_CONTENT_NOTES": (
        "error",
        "The page doesn’t say whether it deals with hard topics.",
        'Add content_notes: none, or content_notes: {topics: [death], note: "One sentence."}',
    ),
    "UNKNOWN_TOPIC": ("error", "A topic isn’t in the list of topics.", "Use a topic from the list."),
    "NOTE_WITHOUT_LIMIT": (
        "warning",
        "A content note says what’s in the page, but not what’s left out.",
        "Add a few words, such as No method is described, or Nobody comes to harm.",
    ),
    "NOTE_TOO_LONG": (
        "warning",
        "A content note is longer than three sentences. Long warnings frighten more than they help.",
        "Say in one or two sentences what’s there, and in one what isn’t.",
    ),
    "CHECK_WITHOUT_NOTE": (
        "warning",
        "A question of the check names suicide or violence, and no content note does.",
        "Say it under content_notes at the top of check.md, or in the lessons that the question is about.",
    ),
    "STORY_WITHOUT_NOTE": (
        "error",
        "A colleague’s own story has no content note.",
        "Say under content_notes what the story deals with and what it leaves out.",
    ),
    "DISTRESSING_NOT_ALONE": (
        "error",
        "A picture marked as distressing isn’t in a paragraph of its own.",
        "Put the picture in a paragraph of its own, and write its name under distressing: exactly as in the text.",
    ),
    "SHORT_REASON": (
        "error",
        "An option has no reason, or one of fewer than four words.",
        "Add a quote under the option that explains why.",
    ),
    "BLAMING_WORDS": (
        "error",
        "A reason has words that blame the learner.",
        "Say what the choice leads to, and what would help more.",
    ),
    "NO_GENTLER_VERSION": (
        "error",
        "A lesson with a hard topic has no gentler version.",
        "Add a file that ends in .gentle.md next to it, or write mention: yes if the topic is only mentioned.",
    ),
    "NO_SELF_CARE": (
        "error",
        "The course has no lesson about looking after yourself.",
        "Add one, and mark it with self_care: yes.",
    ),
    "PHONE_NUMBER": (
        "error",
        "The text contains a telephone number.",
        "Write {{emergency}} or {{lead}} instead. Each programme keeps its own numbers up to date.",
    ),
    "SUICIDE_WORDING": (
        "warning",
        "A phrase about suicide can hurt.",
        "Say died by suicide, suicide attempt or thinking about suicide. Don’t name a single cause or speak of a wave.",
    ),
    "IDIOM": (
        "warning",
        "People who read in a second language may take a figure of speech literally.",
        "Say plainly what you mean. It can stay in quotation marks, because people do talk like that.",
    ),
    "UNKIND_WORDING": (
        "warning",
        "A word reduces a person to a condition or an event.",
        "Name the person first, then what they do or live with. The word can stay in quotation marks.",
    ),
    "READING_GRADE": (
        "warning",
        "A page is harder to read than grade 9.",
        "Split long sentences and choose short words. This is only a hint: it measures nothing but length.",
    ),
    "SHARED_SENTENCE": (
        "warning",
        "A sentence of eight words or more appears in two lessons.",
        "Say it once, or put it differently the second time. A sentence about safety can go into shared-sentences.txt.",
    ),
    "QUESTION_IN_GENTLER": (
        "error",
        "A gentler version contains a question.",
        "Remove it. The lesson’s own questions are shown with the gentler version.",
    ),
    # Questions
    "UNKNOWN_KIND": (
        "error",
        "We can’t tell what kind of question this is.",
        "Add options, numbered steps, a table with two columns, or a model answer.",
    ),
    "BAD_MARK": (
        "error",
        "We can’t read the mark of an option.",
        "Write ( ) or (x) for a single answer, [ ] or [x] for several.",
    ),
    "NONE_RIGHT": ("error", "No option is marked as right.", "Mark the right option with an x."),
    "TWO_RIGHT": (
        "error",
        "Two options are marked as right, but the question takes one answer.",
        "Mark only one with x, or use [ ] for several answers.",
    ),
    "TOO_FEW_OPTIONS": ("error", "There are too few options.", "Write at least two."),
    "SAME_TEXT": ("error", "Two options have the same text.", "Change one of them, or remove it."),
    "TEXT_AFTER_OPTIONS": (
        "error",
        "There is text after the options.",
        "Move it before the options. If it’s a reason, indent it by two spaces under its option.",
    ),
    "STRAY_MARK": (
        "error",
        "There is an option mark outside a question.",
        'Start the line with - and the mark, under a heading that ends in {#id objectives="…"}. Or remove the mark.',
    ),
    "BAD_BRACES": (
        "error",
        "The braces of a heading contain something that is neither a question nor an anchor.",
        'End the heading of a question with {#id objectives="…"}, and a heading that you link to with {#id}.',
    ),
    "NOT_SHOWN": (
        "error",
        "There is a table, a heading or code where we only show text.",
        "Write it as a paragraph or a list, or move it to the text of the lesson.",
    ),
    "OUTSIDE_QUESTION": (
        "error",
        "Text in the check doesn’t belong to a question.",
        'Start each question with a heading that ends in {#id objectives="…"}.',
    ),
    "ALL_OF_THE_ABOVE": (
        "warning",
        "An option refers to the order of the others.",
        "Options are shuffled, so say what you mean instead.",
    ),
    "FIXED_ORDER": ("warning", "A question about order can’t have fixed steps.", "Remove .fixed."),
    "RIGHT_IS_LONGEST": (
        "warning",
        "The right option is the longest one too often.",
        "Shorten the right options, or say more in the others.",
    ),
    "THIN_OBJECTIVE": (
        "warning",
        "An objective has fewer than two questions in the check.",
        "Write another question for it.",
    ),
    "THIN_GROUP": (
        "warning",
        "A critical group has fewer than three questions.",
        "Write a parallel question, so that people get a new one at their next attempt.",
    ),
    "CRITICAL_WITHOUT_GROUP": ("error", "A critical question has no group.", 'Add group="…" to its braces.'),
    "DRAW_TOO_LARGE": (
        "error",
        "The check draws more questions than the bank has.",
        "Draw fewer, or write more questions.",
    ),
    "REFRESHER_DRAW": (
        "error",
        "The refresher draws more than the check, or fewer than it has critical groups.",
        "Draw fewer than the check does, but at least one from each critical group.",
    ),
    "PRACTICE_TOO_FEW": (
        "error",
        "The course asks for more practice conversations than it has.",
        "Ask for fewer, or write another one.",
    ),
    # Evidence
    "CLAIM_WITHOUT_SOURCE": (
        "error",
        "A figure, a year or a study has no source.",
        "Add the id of the source next to the claim, as in [^WANG24].",
    ),
    "UNTRUE_PROMISE": (
        "error",
        "The text promises something that no training can.",
        "Say what the training supports. It can’t prevent, treat or heal anything, and it’s not a licence.",
    ),
    "UNKNOWN_SOURCE": (
        "error",
        "A source isn’t listed in course.md.",
        "Check the spelling, or add the source to course.md.",
    ),
    "SOURCE_NEVER_CITED": (
        "warning",
        "A source is listed but never cited.",
        "Cite it next to the claim it supports, or remove it.",
    ),
    "UNCHECKED_FACT": (
        "warning",
        "A fact is marked as not yet checked.",
        "Check the fact, cite its source and remove the mark.",
    ),
    # Conversations
    "UNKNOWN_LABEL": ("error", "A reply’s label isn’t in the list of labels.", "Use a label from the list."),
    "UNKNOWN_FIT": ("error", "A reply isn’t marked as steady, mixed or detour.", "Use one of these three words."),
    "BAD_REPLY": (
        "error",
        "We can’t read a reply.",
        "Write it as - **label, steady** [the words](#where-it-leads), with the feedback as a quote below.",
    ),
    "BAD_TURN": (
        "error",
        "We can’t read a turn of the conversation.",
        "Put one quote with what is said under the heading, then the replies as a list.",
    ),
    "UNREACHABLE": (
        "error",
        "No reply leads to this part of the conversation.",
        "Link a reply to it, or remove it.",
    ),
    "DEAD_END": (
        "error",
        "The conversation stops here, but this isn’t marked as an end.",
        "Add replies, or list it under ends.",
    ),
    "UNKNOWN_FACT": (
        "error",
        "A reply, a turn or an end names a fact that the conversation doesn’t have.",
        "List it under facts, with a sentence that says what it means.",
    ),
    "FACT_NEVER_SET": (
        "error",
        "Something depends on a fact that no reply sets.",
        "Add “sets” and the fact to a reply’s label, or remove what depends on it.",
    ),
    "FACT_NEVER_USED": (
        "warning",
        "The conversation remembers a fact that nothing depends on.",
        "Let a turn, a reply or an end ask for it, or remove it.",
    ),
    "TOO_MUCH_TO_REMEMBER": (
        "error",
        "The conversation remembers so much that we can’t look at every path.",
        "Use ten facts at most, or fewer turns.",
    ),
    "NEVER_HEARD": (
        "error",
        "A reply is never offered, or words are never heard, because what they depend on isn’t so on any path.",
        "Change what they depend on, or remove them.",
    ),
    "ANSWER_NOT_ASKED": (
        "error",
        "The colleague answers something that nobody has asked.",
        "Add a variant for when it wasn’t asked, or set the fact on every path that leads here.",
    ),
    "GOOD_END_TOO_SOON": (
        "error",
        "A good end can be reached without a fact that it needs.",
        "Offer the last reply only once the fact is known, and lead the others to a different end.",
    ),
    "NO_LIMITS_STATEMENT": (
        "error",
        "In a first contact, a good end can be reached before anyone has stated the limits of what stays private.",
        "Put a reply labelled limits statement on every path to a good end.",
    ),
    "SEEN_NOT_HEARD": (
        "warning",
        "A stage direction describes something that can’t be seen on the phone or in a chat.",
        "Describe what can be heard, such as a long breath, or what the chat shows.",
    ),
    "NO_WAY_TO_GOOD_END": ("error", "From here, no reply leads to a good end.", "Add a reply that leads back."),
    "NO_GOOD_END": ("error", "The conversation has no good end.", "Mark one of its ends as good."),
    "END_NOT_WRITTEN": (
        "error",
        "An end listed in the front matter has no heading.",
        "Add the heading and its debrief.",
    ),
    "HELPFUL_FIRST": ("warning", "The helpful reply always comes first.", "Change the order of some replies."),
    "HELPFUL_LONGEST": (
        "warning",
        "The helpful reply is always the longest, or far too often.",
        "Shorten some of them, or make others longer.",
    ),
    "HELPFUL_SHORTEST": (
        "warning",
        "The helpful reply is the shortest far too often.",
        "Lengthen some of them, or make others shorter.",
    ),
    "GUESSED_TO_A_GOOD_END": (
        "warning",
        "Somebody who never reads the replies can reach a good end.",
        "Change the replies of one turn on that path, so that this habit leads elsewhere.",
    ),
    "ARC_LENGTH": ("error", "An arc needs two or three contacts.", "List two or three conversations under contacts."),
    "ARC_CONTACT": (
        "error",
        "A contact of an arc isn’t a conversation of this course, or is listed twice.",
        "Use the id of a conversation. Each can be in one arc only, and only once.",
    ),
    "ARC_NO_HANDOVER": (
        "error",
        "The third contact doesn’t offer a hand-over or a referral.",
        "Add a reply labelled linking, so that the last contact can end with someone else taking over.",
    ),
}

# A draft with these errors can be previewed, but never published.
FORGIVEN_IN_A_DRAFT = frozenset(
    {
        "MISSING_FILE",
        "NOT_READ",
        "EMPTY_PAGE",
        "SHORT_REASON",
        "NO_GENTLER_VERSION",
        "NO_SELF_CARE",
        "DRAW_TOO_LARGE",
        "PRACTICE_TOO_FEW",
        "CLAIM_WITHOUT_SOURCE",
        "MISSING_CONTENT_NOTES",
        "CRITICAL_WITHOUT_GROUP",
        "NO_ALT",
        "NO_TRANSCRIPT",
        "NO_CAPTIONS",
        "GLOSSARY_SHAPE",
        "EMPTY_CELL",
    }
)
