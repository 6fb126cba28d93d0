"""The table of everything `lms check` can say: a stable code, how grave it is, what it means and how to mend it."""

from __future__ import annotations

from lms.content.course import Severity

CODES: dict[str, tuple[Severity, str, str]] = {
    # Limits
    "FILE_TOO_LARGE": (
        "error",
        "A file is larger than the course may hold.",
        "Split the file, or make the picture smaller.",
    ),
    "COURSE_TOO_LARGE": ("error", "The course is over 20 MB in all.", "Make pictures and recordings smaller."),
    "TOO_MANY_FILES": ("error", "The course holds over 2,000 files.", "Take out what the course does not use."),
    "PATH_OUTSIDE": (
        "error",
        "A path or a link leads out of the course's folder.",
        "Keep every file inside the folder of the course.",
    ),
    "NOT_UTF8": ("error", "A file is not written in UTF-8.", "Save the file again with the encoding UTF-8."),
    "NUL_BYTE": ("error", "A text file holds a NUL byte.", "Copy the text into a new plain text file."),
    "PARAGRAPH_TOO_LONG": ("error", "A paragraph is longer than 8 kB.", "Put a blank line where a new thought begins."),
    "TOO_MANY_BRACKETS": (
        "error",
        "Over 50 brackets are opened and not closed.",
        "Close the brackets, or take them out.",
    ),
    "NESTING_TOO_DEEP": (
        "error",
        "Lists or quotes stand more than 20 deep in one another.",
        "Write fewer levels; two are plenty for a reader.",
    ),
    # Front matter
    "NO_FRONT_MATTER": (
        "error",
        "A file does not begin with its front matter.",
        "Begin the file with a line of three hyphens, the keys, and three hyphens again.",
    ),
    "YAML_BROKEN": (
        "error",
        "The front matter cannot be read.",
        "Look at the line named; a text with a colon or a quotation mark in it belongs in quotes.",
    ),
    "YAML_REFUSED": (
        "error",
        "The front matter uses an anchor, an alias or a tag.",
        "Write the value out in plain text.",
    ),
    "DUPLICATE_KEY": ("error", "A key stands twice in the front matter.", "Keep one of the two."),
    "UNKNOWN_KEY": (
        "error",
        "A key or an attribute is not one that courses know.",
        "Look at the spelling, or take it out.",
    ),
    "MISSING_KEY": ("error", "A key that is needed is not there.", "Add the key."),
    "BAD_VALUE": ("error", "A value has another form than its key needs.", "Write it in the form named."),
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
        'Replace “ and ” by ". Quotation marks of speech may stay inside the straight ones.',
    ),
    "HIDDEN_SPACE": (
        "error",
        "There is a hidden space where only a plain one is read. Text from a word processor or a web page often has one.",
        "Delete the space after or before the mark, and type it again.",
    ),
    "PASTED_BULLET": (
        "error",
        "A word processor's bullet, dash or number starts no list and makes no table.",
        "Write a hyphen and a space, or a number, a full stop and a space.",
    ),
    "NOT_READ": (
        "error",
        "A file could not be read, so what it holds is not in the course.",
        "Fix the other errors of this file.",
    ),
    "BAD_VERSION": ("error", "The version is not three numbers with dots.", 'Write it like "1.0.0".'),
    "BAD_ID": (
        "error",
        "An id holds something other than lower-case letters, digits and hyphens.",
        "Write it short and in lower case, like pfa-q05.",
    ),
    # Structure
    "MISSING_FILE": ("error", "A file that the course needs is not there.", "Add the file."),
    "UNKNOWN_FILE": (
        "error",
        "A file has no place in a course, so nothing of it would be shown.",
        "Rename the file, or take it out of the folder.",
    ),
    "HIDDEN_FILE": (
        "error",
        "A name begins with a dot, so the file is not read.",
        "Take the dot away, or take the file out of the folder.",
    ),
    "UNREADABLE_FILE": (
        "error",
        "A file or folder cannot be opened.",
        "Check its permissions, or replace it with a real file if it is a broken link.",
    ),
    "SAME_NAME": (
        "error",
        "Two files have names that look the same.",
        "Rename one of the two.",
    ),
    "LANGUAGE_NOT_SHOWN": (
        "warning",
        "A translation of a file is in the folder, and translations are not shown yet.",
        "Nothing to do; the file may stay.",
    ),
    "LANGUAGE_WITHOUT_DATES": (
        "warning",
        "The site has no words for dates in the course's language, so certificates are in English.",
        "Check the language code. If it is right, there is nothing to do.",
    ),
    "ID_NOT_FILE_NAME": ("error", "The id is not the file's name without its number.", "Make the two the same."),
    "MISSING_ID": ("error", "Something that is remembered has no id.", "Give it one in braces, like {#pfa-q05}."),
    "DUPLICATE_ID": ("error", "An id is used twice.", "Give one of the two another id."),
    "UNKNOWN_OBJECTIVE": (
        "error",
        "An objective is not in course.md.",
        "Use the id of an objective of course.md, or add it there.",
    ),
    "BAD_LINK": (
        "error",
        "A link leads nowhere, or to where a course may not lead.",
        "Link to an address that begins with https://, or to a heading of this page.",
    ),
    "LINK_SAYS_NOTHING": (
        "warning",
        "A link's words do not say where it leads, and a screen reader lists links by their words.",
        "Let the link say what one finds there, as in [the guide of the Red Cross](...).",
    ),
    "COLOUR_ONLY": (
        "warning",
        "Something is told by its colour alone, which not everybody sees.",
        "Name it by its words, shape or place as well.",
    ),
    "BAD_IMAGE": (
        "error",
        "A picture is not in the course's media folder.",
        "Put the picture into media/ and name it media/its-name.",
    ),
    "BAD_MEDIA": (
        "error",
        "A file in the media folder is not one that every browser can show.",
        "Export it as PNG, JPEG, WebP or SVG, with the ending that says so.",
    ),
    "PICTURE_TOO_LARGE": (
        "error",
        "A picture has more pixels than a phone can open.",
        "Make it at most 4,000 pixels wide and high.",
    ),
    "NO_ALT": (
        "error",
        "A picture has no words for those who cannot see it.",
        "Say in the square brackets what the picture shows.",
    ),
    "NO_TRANSCRIPT": (
        "error",
        "A recording has no transcript.",
        "Add a file of the same name that ends in .txt or .vtt.",
    ),
    "HEADING_JUMP": ("error", "A heading skips a level.", "Begin with ## and go down one level at a time."),
    "NO_TABLE_HEADER": ("error", "A table's head is empty.", "Say in the first row what each column holds."),
    "RAW_HTML": ("error", "HTML in the text would be removed.", "Write it in Markdown."),
    "READS_DIFFERENTLY": (
        "warning",
        "The text reads differently on a Git host than here.",
        "Write this part more plainly.",
    ),
    "MARKS_SHOWN": (
        "warning",
        "A mark of another program is shown as it is written.",
        "Write it in words, or with marks that courses know. Between backquotes it can stay.",
    ),
    "NEVER_USED": (
        "error",
        "A footnote or a link is defined and never used, so it is not shown.",
        "Put its mark where it belongs in the text, or take the line out.",
    ),
    "FOOTNOTE_NOT_SHOWN": (
        "error",
        "A question, a conversation or the glossary refers to a footnote of the page, and cannot show it.",
        "Put what it says into the text, or cite a source of course.md.",
    ),
    "UNKNOWN_PLACEHOLDER": (
        "error",
        "Double braces hold a name that no programme fact has.",
        "Use {{lead}}, {{emergency}} or {{limits_statement}}.",
    ),
    "UNKNOWN_ALERT": (
        "error",
        "A callout is none of the three that lessons have.",
        "Use [!NOTE], [!CAUTION] or [!TIP], alone on the first line of the quote.",
    ),
    "EMPTY_PAGE": ("error", "A page holds no text.", "Write the page, or take the file out."),
    "GLOSSARY_SHAPE": (
        "error",
        "The glossary is not one table of terms and meanings.",
        "Write one table with the head | Term | Meaning | and nothing beside it.",
    ),
    "EMPTY_CELL": (
        "error",
        "A row of the glossary lacks its term or its meaning.",
        "Fill the cell, or take the row out.",
    ),
    "DUPLICATE_TERM": ("error", "A term stands twice in the glossary.", "Keep one of the two."),
    # Care
    "MISSING_CONTENT_NOTES": (
        "error",
        "The page does not say whether it touches hard things.",
        'Add content_notes: none, or content_notes: {topics: [death], note: "One sentence."}',
    ),
    "UNKNOWN_TOPIC": ("error", "A topic is not in the list of topics.", "Use a topic of the list."),
    "NOTE_WITHOUT_LIMIT": (
        "warning",
        "A content note says what is there, and not what is left out.",
        "Add it in a few words: No method is described, or Nobody comes to harm.",
    ),
    "NOTE_TOO_LONG": (
        "warning",
        "A content note has more than three sentences, and a long warning frightens more than it tells.",
        "Say in one or two sentences what is there, and in one what is not.",
    ),
    "STORY_WITHOUT_NOTE": (
        "error",
        "A colleague's own story has no content note.",
        "Say under content_notes what the story touches, and what it leaves out.",
    ),
    "DISTRESSING_NOT_ALONE": (
        "error",
        "A picture that is marked as distressing does not stand in the text in a paragraph of its own.",
        "Write it under distressing: as it is written in the text, and let it stand alone.",
    ),
    "SHORT_REASON": (
        "error",
        "An option has no reason, or one under four words.",
        "Add a quote under the option that says why.",
    ),
    "BLAMING_WORDS": (
        "error",
        "A reason has words that lay blame on the learner.",
        "Say what the choice does, and what would help more.",
    ),
    "NO_GENTLER_VERSION": (
        "error",
        "A lesson with a hard topic has no gentler version.",
        "Add a file that ends in .gentle.md beside it, or write mention: yes if the topic is only named.",
    ),
    "NO_SELF_CARE": ("error", "No lesson is about looking after oneself.", "Mark that lesson with self_care: yes."),
    "PHONE_NUMBER": (
        "error",
        "A telephone number stands in the text.",
        "Write {{emergency}} or {{lead}}; the programme keeps its numbers up to date.",
    ),
    "SUICIDE_WORDING": (
        "warning",
        "Words about suicide that can hurt.",
        "Say died by suicide, suicide attempt or thinking about suicide, and name no cause and no wave.",
    ),
    "IDIOM": (
        "warning",
        "A figure of speech that readers of another language may take at its word.",
        "Say plainly what is meant; in quotation marks it may stand, as people do speak so.",
    ),
    "UNKIND_WORDING": (
        "warning",
        "A word that makes a person smaller than they are.",
        "Name the person first and say what they do or live with; in quotation marks the word may stand.",
    ),
    "READING_GRADE": (
        "warning",
        "A page reads harder than grade 9.",
        "Cut long sentences in two, and choose short words; this is a hint and measures no more than length.",
    ),
    "SHARED_SENTENCE": (
        "warning",
        "A sentence of eight words or more stands in two lessons.",
        "Say it once, or say it anew where it comes again.",
    ),
    "QUESTION_IN_GENTLER": (
        "error",
        "A gentler version holds a question.",
        "Take it out; the lesson's questions are shown with it.",
    ),
    # Questions
    "UNKNOWN_KIND": (
        "error",
        "It does not show what kind of question this is.",
        "Write options, numbered steps, a table of two columns, or a model answer.",
    ),
    "BAD_MARK": (
        "error",
        "An option's mark cannot be read.",
        "Write ( ) or (x) for one answer, [ ] or [x] for several.",
    ),
    "NONE_RIGHT": ("error", "No option is marked right.", "Mark the right option with an x."),
    "TWO_RIGHT": (
        "error",
        "Two options are marked right where one answer is asked.",
        "Leave one x, or use [ ] for several answers.",
    ),
    "TOO_FEW_OPTIONS": ("error", "There is too little to choose from.", "Give at least two."),
    "SAME_TEXT": ("error", "Two options read the same.", "Make them differ, or take one out."),
    "TEXT_AFTER_OPTIONS": (
        "error",
        "Text stands after the options.",
        "Put it before them, or indent a reason by two spaces under its option.",
    ),
    "STRAY_MARK": (
        "error",
        "There is an option's mark where nobody can choose.",
        'Begin a line with - and the mark, under a heading that ends in {#id objectives="…"}; or take the mark out.',
    ),
    "BAD_BRACES": (
        "error",
        "The braces of a heading hold something that is neither a question nor an anchor.",
        'End a question with {#id objectives="…"}, and a heading that is linked to with {#id}.',
    ),
    "NOT_SHOWN": (
        "error",
        "A table, a heading or code stands where only text is shown.",
        "Write it as a paragraph or a list, or put it into the lesson's text.",
    ),
    "OUTSIDE_QUESTION": (
        "error",
        "Text in the check belongs to no question.",
        'Begin a question with a heading that ends in {#id objectives="…"}.',
    ),
    "ALL_OF_THE_ABOVE": (
        "warning",
        "An option leans on the order of the others.",
        "Options are shuffled: say the thing itself.",
    ),
    "FIXED_ORDER": ("warning", "A question of order cannot keep its steps fixed.", "Take out .fixed."),
    "RIGHT_IS_LONGEST": (
        "warning",
        "The right option is the longest too often.",
        "Shorten right options, or say more in the others.",
    ),
    "THIN_OBJECTIVE": (
        "warning",
        "An objective has fewer than two questions in the check.",
        "Write another question for it.",
    ),
    "THIN_GROUP": (
        "warning",
        "A critical group has fewer than three questions.",
        "Write a parallel question, so that a second try meets a new one.",
    ),
    "CRITICAL_WITHOUT_GROUP": ("error", "A critical question has no group.", 'Add group="…" to its braces.'),
    "DRAW_TOO_LARGE": (
        "error",
        "The check draws more questions than the bank can give.",
        "Draw fewer, or write more questions.",
    ),
    "REFRESHER_DRAW": (
        "error",
        "The refresher draws more than the check, or fewer than it has critical groups.",
        "Let it draw fewer than the check, and at least one of each critical group.",
    ),
    "PRACTICE_TOO_FEW": (
        "error",
        "More practice conversations are asked for than there are.",
        "Ask for fewer, or write another.",
    ),
    # Evidence
    "CLAIM_WITHOUT_SOURCE": (
        "error",
        "A figure, a year or a study has no source.",
        "Add the source's id at the claim, like [^WANG24].",
    ),
    "UNTRUE_PROMISE": (
        "error",
        "The text promises what no training can give.",
        "Say what it supports; it prevents, treats and heals nothing, and licenses nobody.",
    ),
    "UNKNOWN_SOURCE": (
        "error",
        "A source is not in course.md.",
        "Look at the spelling, or add the source to course.md.",
    ),
    "SOURCE_NEVER_CITED": (
        "warning",
        "A source is listed and nowhere cited.",
        "Cite it at the claim it carries, or take it out.",
    ),
    "UNCHECKED_FACT": (
        "warning",
        "A fact is marked as not yet checked.",
        "Check it, cite its source and take the mark out.",
    ),
    # Conversations
    "UNKNOWN_LABEL": ("error", "A reply's label is not in the list of labels.", "Use a label of the list."),
    "UNKNOWN_FIT": ("error", "A reply's fit is none of steady, mixed and detour.", "Use one of the three."),
    "BAD_REPLY": (
        "error",
        "A reply cannot be read.",
        "Write it as - **label, fit** [the words](#where-it-leads), with its feedback as a quote below.",
    ),
    "BAD_TURN": (
        "error",
        "A turn of the conversation cannot be read.",
        "Under the heading comes one quote with what is said, then the replies as a list.",
    ),
    "UNREACHABLE": (
        "error",
        "No road leads to this part of the conversation.",
        "Let a reply lead to it, or take it out.",
    ),
    "DEAD_END": ("error", "The conversation stops here, and it is no end.", "Add replies, or name it under ends."),
    "NO_WAY_TO_GOOD_END": ("error", "From here no road leads to a good end.", "Add a reply that finds the way back."),
    "NO_GOOD_END": ("error", "The conversation has no good end.", "Mark one of its ends as good."),
    "END_NOT_WRITTEN": (
        "error",
        "An end named in the front matter has no heading.",
        "Add the heading and its debrief.",
    ),
    "HELPFUL_FIRST": ("warning", "The helpful reply always stands first.", "Change the order of some replies."),
    "HELPFUL_LONGEST": (
        "warning",
        "The helpful reply is always the longest.",
        "Shorten some, or give the others more words.",
    ),
    "ARC_LENGTH": ("error", "An arc is two or three contacts.", "Name two or three conversations under contacts."),
    "ARC_CONTACT": (
        "error",
        "A contact of an arc is no conversation of this course, or stands twice.",
        "Write the id of a conversation, each in one arc and once.",
    ),
    "ARC_NO_HANDOVER": (
        "error",
        "The third contact offers no hand-over or referral.",
        "Give it a reply labelled linking, so that the last contact can end in other good hands.",
    ),
}

# A draft may lack these and still be looked at; it can never be published.
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
        "GLOSSARY_SHAPE",
        "EMPTY_CELL",
    }
)


def as_markdown() -> str:
    """The table as a page for course writers."""
    head = (
        "# What the check says\n\n"
        "`lms check` finds each of these with its file, line and column. An *error* keeps a course from being published; "
        "a *warning* never does.\n\n"
        "| Code | | What it means | How to mend it |\n| --- | --- | --- | --- |\n"
    )
    rows = (
        f"| `{code}` | {severity} | {what} | {mend.replace('|', '&#124;')} |"
        for code, (severity, what, mend) in sorted(CODES.items())
    )
    return head + "\n".join(rows) + "\n"
