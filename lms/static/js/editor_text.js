// The text of a draft in CodeMirror: how its marks are coloured, and where its problems are shown. editor.js does the rest.

const make = (name, className, ...inside) => {
  const element = Object.assign(document.createElement(name), { className });
  element.append(...inside);
  return element;
};

// --- The marks of a course in Markdown, line by line -----------------------------------------------------------------

const AT_START = [
  [/^#{1,6}\s/, "heading"],
  [/^\s*>\s*\[![A-Za-z]+\]/, "keyword", "quote"],
  [/^\s*>/, "quote"],
  [/^\s*[-*+]\s+[([][ xX]?[)\]]/, "atom", ""],
  [/^\s*(?:[-*+]|\d+[.)])\s/, "list", ""],
  [/^(?:-{3,}|\*{3,})\s*$/, "meta"],
  [/^\s*\|/, "list", ""],
];
const INSIDE = [
  [/^\{[#.:][^{}]*\}/, "meta"],
  [/^\{\{\s*\w+\s*\}\}/, "variableName"],
  [/^\[\^[^\]\s]+\]/, "labelName"],
  [/^!?\[[^\]]*\]\([^)\s]*\)/, "link"],
  [/^\*\*[^*]+\*\*/, "strong"],
  [/^\|/, "list"],
];

const inFront = (stream, state) => {
  if (stream.sol() && stream.match(/^---\s*$/)) { state.place = "text"; return "meta"; }
  if (stream.match(/^\s*#.*/)) return "comment";
  if (stream.match(/^[\s{,-]*[\w-]+(?=:(?:\s|$))/)) return "propertyName";
  stream.next();
  return null;
};

const inText = (stream, state) => {
  if (stream.sol()) {
    state.line = "";
    for (const [pattern, token, rest = token] of AT_START) {
      if (!stream.match(pattern)) continue;
      state.line = rest;
      return token;
    }
  }
  for (const [pattern, token] of INSIDE) if (stream.match(pattern)) return token;
  stream.next();
  stream.match(/^[^![{*|]+/);
  return state.line || null;
};

const marks = {
  name: "course",
  startState: () => ({ place: "start", line: "" }),
  token(stream, state) {
    if (state.place === "start") {
      state.place = "text";
      if (stream.match(/^---\s*$/)) { state.place = "front"; return "meta"; }
    }
    return state.place === "front" ? inFront(stream, state) : inText(stream, state);
  },
};

// --- Where a problem is ----------------------------------------------------------------------------------------------

// A column counts characters as people do; the editor counts halves of those beyond the first 65,536.
const placeOf = (doc, { line, column }) => {
  const { from, text } = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const skipped = [...text].slice(0, column - 1).join("").length;
  const rest = text.slice(skipped);
  if (column > 1) return [from + skipped, from + skipped + (/^[\p{L}\p{N}’'_-]+|^\S+/u.exec(rest)?.[0].length ?? 0)];
  return [from + text.search(/\S|$/), from + text.trimEnd().length];
};

const worst = (problems) => problems.some(({ severity }) => severity === "error") ? "error" : "warning";

const wordsOf = ({ severity, message, fix }, { words, sign }) => make(
  "div", `problem ${severity}`,
  make("p", "", sign(severity), make("strong", "", `${words[severity]}: `), message),
  make("p", "soft", `${words.fix}: ${fix}`),
);

export const sentence = ({ severity, message, fix }, words) => `${words[severity]}: ${message} ${words.fix}: ${fix}`;

// Returns the extensions that show problems, and what the page asks of them.
const showing = (cm, shared, toldAt) => {
  const { words, sign } = shared;
  const { Decoration, EditorView, GutterMarker, StateEffect, StateField, WidgetType } = cm;
  const put = StateEffect.define(), hide = StateEffect.define();

  class Said extends WidgetType {
    constructor(severity) { super(); this.severity = severity; }
    eq(other) { return other.severity === this.severity; }
    toDOM() { return make("span", `said ${this.severity}`, words[this.severity]); }
  }
  class Marked extends GutterMarker {
    constructor(severity) { super(); this.severity = severity; }
    eq(other) { return other.severity === this.severity; }
    toDOM() { return Object.assign(make("span", "mark", sign(this.severity)), { title: words[this.severity] }); }
  }

  const decorate = (doc, problems) => {
    const lines = new Map(), ranges = [];
    for (const problem of problems) {
      const { from } = doc.lineAt(problem.from);
      lines.set(from, [...(lines.get(from) ?? []), problem]);
      if (problem.to > problem.from) ranges.push(Decoration.mark({ class: `under ${problem.severity}` }).range(problem.from, problem.to));
    }
    for (const [from, here] of lines) {
      ranges.push(Decoration.line({ class: `spot ${worst(here)}` }).range(from));
      ranges.push(Decoration.widget({ widget: new Said(worst(here)), side: 1 }).range(doc.lineAt(from).to));
    }
    return Decoration.set(ranges, true);
  };

  const field = StateField.define({
    create: ({ doc }) => ({ problems: [], shown: decorate(doc, []) }),
    update(value, transaction) {
      for (const effect of transaction.effects) if (effect.is(put)) {
        const problems = effect.value.map((problem) => {
          const [from, to] = placeOf(transaction.newDoc, problem);
          return { ...problem, from, to };
        });
        return { problems, shown: decorate(transaction.newDoc, problems) };
      }
      if (!transaction.docChanged) return value;
      const { changes, newDoc } = transaction;
      const problems = value.problems.map((problem) => {
        const from = changes.mapPos(problem.from, 1);
        return { ...problem, from, to: Math.max(from, changes.mapPos(problem.to, -1)) };
      });
      return { problems, shown: decorate(newDoc, problems) };
    },
    provide: (self) => EditorView.decorations.from(self, ({ shown }) => shown),
  });

  const on = (state, position) => {
    const { from, to } = state.doc.lineAt(position);
    return state.field(field).problems.filter((problem) => problem.from >= from && problem.from <= to);
  };
  const bubble = (problems, pos, above = false) => ({
    pos, above, create: () => ({ dom: make("div", "problems-here", ...problems.map((problem) => wordsOf(problem, shared))) }),
  });
  const hover = cm.hoverTooltip((view, position) => {
    const here = on(view.state, position);
    return here.length ? bubble(here, here[0].from) : null;
  });
  // Problems of the line that the caret came to by a key or a click, until somebody types.
  const atCaret = StateField.define({
    create: () => null,
    update(value, { state, docChanged, selection, effects }) {
      if (docChanged || effects.some((effect) => effect.is(hide))) return null;
      if (!selection && !effects.some((effect) => effect.is(put))) return value;
      if (effects.some((effect) => effect.is(put)) && !value) return null;
      const here = on(state, state.selection.main.head);
      return here.length ? bubble(here, here[0].from) : null;
    },
    provide: (self) => cm.showTooltip.from(self),
  });
  const gutter = cm.gutter({
    class: "signs",
    lineMarker: (view, line) => {
      const here = on(view.state, line.from);
      return here.length ? new Marked(worst(here)) : null;
    },
    lineMarkerChange: ({ startState, state }) => startState.field(field) !== state.field(field),
    domEventHandlers: {
      click: (view, line) => {
        const [first] = on(view.state, line.from);
        if (first) go(view, first.from);
        return Boolean(first);
      },
    },
  });
  const go = (view, position) => {
    view.dispatch({ selection: { anchor: position }, effects: EditorView.scrollIntoView(position, { y: "center" }) });
    view.focus();
    toldAt(on(view.state, position));
  };
  const step = (back) => (view) => {
    const { head } = view.state.selection.main;
    const places = view.state.field(field).problems.map(({ from }) => from).sort((one, other) => one - other);
    if (!places.length) return false;
    const next = back ? places.findLast((place) => place < head) ?? places.at(-1) : places.find((place) => place > head) ?? places[0];
    go(view, next);
    return true;
  };
  const keys = [{ key: "F8", run: step(false) }, { key: "Shift-F8", run: step(true) }];
  const close = (view) => {
    if (!view.state.field(atCaret)) return false;
    view.dispatch({ effects: hide.of(null) });
    return true;
  };
  return {
    extensions: [field, atCaret, hover, gutter, cm.keymap.of([...keys, { key: "Escape", run: close }])],
    put: (view, problems) => view.dispatch({ effects: put.of(problems) }),
    go: (view, { line, column }) => go(view, placeOf(view.state.doc, { line, column })[0]),
  };
};

// --- The editor over the textarea ------------------------------------------------------------------------------------

// `heard` gets `changed(text)`, `save()` and `told(problems)`; the textarea holds the same text at every moment, for its form.
export const openText = (cm, area, { nonce, words, sign, heard }) => {
  const { EditorState, EditorView, keymap, tags } = cm;
  const problems = showing(cm, { words, sign }, heard.told);
  const colours = cm.tagHighlighter([
    { tag: tags.heading, class: "t-heading" }, { tag: tags.meta, class: "t-braces" }, { tag: tags.propertyName, class: "t-key" },
    { tag: tags.keyword, class: "t-callout" }, { tag: tags.quote, class: "t-quote" }, { tag: tags.atom, class: "t-option" },
    { tag: tags.list, class: "t-list" }, { tag: tags.link, class: "t-link" }, { tag: tags.strong, class: "t-strong" },
    { tag: tags.labelName, class: "t-source" }, { tag: tags.variableName, class: "t-fact" }, { tag: tags.comment, class: "t-quote" },
  ]);
  // Each line is read in the direction of its own words.
  const directed = cm.Decoration.line({ attributes: { dir: "auto" } });
  const directions = EditorView.decorations.compute(["doc"], ({ doc }) => cm.Decoration.set(
    Array.from({ length: doc.lines }, (_none, index) => directed.range(doc.line(index + 1).from)),
  ));
  const indents = new cm.Compartment();
  const label = area.labels[0];
  label.id ||= "text-label";
  const named = { "aria-labelledby": label.id, "aria-describedby": area.getAttribute("aria-describedby") ?? "", spellcheck: "true" };
  const view = new EditorView({
    doc: area.value,
    extensions: [
      EditorView.cspNonce.of(nonce),
      cm.lineNumbers(), problems.extensions, cm.history(), cm.highlightSpecialChars(), EditorView.lineWrapping,
      EditorView.perLineTextDirection.of(true), directions, EditorView.contentAttributes.of(named),
      EditorState.phrases.of(words.phrases), cm.search({ top: true }), indents.of([]),
      cm.StreamLanguage.define(marks), cm.syntaxHighlighting(colours),
      keymap.of([
        { key: "Mod-s", run: () => { heard.save(); return true; } },
        ...cm.defaultKeymap, ...cm.historyKeymap, ...cm.searchKeymap,
      ]),
      EditorView.updateListener.of(({ docChanged, state }) => {
        if (!docChanged) return;
        area.value = state.doc.toString();
        heard.changed(area.value);
      }),
    ],
  });
  area.hidden = true;
  area.before(view.dom);
  label.addEventListener("click", () => view.focus());
  return {
    view,
    put: (found) => problems.put(view, found),
    go: (place) => problems.go(view, place),
    tabIndents: (yes) => view.dispatch({ effects: indents.reconfigure(yes ? keymap.of([cm.indentWithTab]) : []) }),
    replace: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
  };
};
