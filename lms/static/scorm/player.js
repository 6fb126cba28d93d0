// Part of Sidelight. Apache License 2.0.
//
// Plays a course inside another learning system by SCORM 1.2, and without one. The page holds all texts; this file shows one place
// at a time, asks the check's questions, and tells the learning system how far somebody is. It keeps nothing anywhere else.
// Commits are slow in many systems, so there's one at most for each place that is opened; closing the window saves by LMSFinish.

(() => {
  const course = window.sidelightCourse;
  const words = course.words;
  const MOST = 4096;
  const all = (what, inside = document) => [...inside.querySelectorAll(what)];
  const filled = (text, values) => text.replace(/%\((\w+)\)s/g, (_found, name) => values[name]);
  const started = Date.now();

  // --- The learning system -----------------------------------------------------------------------------------------

  const api = find(window) || (window.opener && find(window.opener));
  let told = false, dirty = false, ended = false;

  function find(from) {
    try {
      for (let here = from, steps = 0; here && steps < 12; here = here.parent, steps++) {
        if (here.API) return here.API;
        if (here.parent === here) return null;
      }
    } catch { /* a frame of another origin has no API for us */ }
    return null;
  }

  const get = (name) => (told ? String(api.LMSGetValue(name) ?? "") : "");
  const set = (name, value) => { if (told) api.LMSSetValue(name, String(value)); };

  // --- How far somebody is -----------------------------------------------------------------------------------------

  // lessons and talks: short keys of what is done; check: the open attempt; best: the best score; passed: the check was.
  let state = { lessons: [], talks: [], best: -1, passed: false, check: null };

  function read(text) {
    try {
      const saved = JSON.parse(text);
      const size = saved.w || 4;
      const parts = (joined) => (joined || "").match(new RegExp(`.{${size}}`, "g")) || [];
      state = { lessons: parts(saved.d), talks: parts(saved.c), best: saved.b ?? -1, passed: !!saved.p, check: null };
      if (saved.v === course.check && saved.k) state.check = { seed: saved.k.s, at: saved.k.i, answers: saved.k.a.split(",") };
    } catch { /* nothing was saved, or by something else */ }
  }

  function written(withAnswers = true) {
    const width = (course.lessons[0] || course.conversations[0] || { key: "0000" }).key.length;
    const saved = { v: course.check, w: width, d: state.lessons.join(""), c: state.talks.join(""), b: state.best };
    if (state.passed) saved.p = 1;
    if (state.check && withAnswers) saved.k = { s: state.check.seed, i: state.check.at, a: state.check.answers.join(",") };
    const text = JSON.stringify(saved);
    return text.length > MOST && withAnswers ? written(false) : text;
  }

  function everything() {
    const known = (keys, list) => list.filter((one) => keys.includes(one.key)).length;
    return known(state.lessons, course.lessons) >= course.needed.lessons
      && known(state.talks, course.conversations) >= course.needed.practice
      && (state.passed || course.draw === 0);
  }

  function put() {
    if (!told || ended) return;
    set("cmi.suspend_data", written());
    set("cmi.core.lesson_location", location.hash.slice(1, 256));
    if (state.best >= 0) {
      set("cmi.core.score.min", 0);
      set("cmi.core.score.max", 100);
      set("cmi.core.score.raw", state.best);
    }
    if (everything()) set("cmi.core.lesson_status", course.draw ? "passed" : "completed");
    dirty = false;
  }

  function save() {
    if (!dirty || !told) return;
    put();
    say(String(api.LMSCommit("")) === "false" ? words.not_taken : words.recorded);
  }

  function finish() {
    if (!told || ended) return;
    put();
    const seconds = Math.round((Date.now() - started) / 1000);
    const two = (number) => String(number).padStart(2, "0");
    set("cmi.core.session_time", `${two(Math.min(9999, Math.floor(seconds / 3600)))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`);
    set("cmi.core.exit", "suspend");
    api.LMSFinish("");
    ended = true;
  }

  function begin() {
    told = !!api && String(api.LMSInitialize("")) !== "false";
    if (!told) return say(words.not_recorded);
    say(words.recorded);
    read(get("cmi.suspend_data"));
    const status = get("cmi.core.lesson_status");
    if (status === "passed" || status === "completed") state.passed = state.passed || status === "passed";
    else set("cmi.core.lesson_status", "incomplete");
    const score = Number.parseFloat(get("cmi.core.score.raw"));
    if (score > state.best) state.best = score;
    // A review or a look round is never recorded.
    if (["review", "browse"].includes(get("cmi.core.lesson_mode"))) told = false;
    return get("cmi.core.lesson_location");
  }

  function say(text) {
    const line = document.querySelector("[data-record]");
    if (line.textContent === text) return;
    line.textContent = text;
    line.hidden = text === words.recorded;
  }

  // --- Places ------------------------------------------------------------------------------------------------------

  const asides = ["p-pause", "p-support", "p-glossary"];
  let last = "p-start";

  function show(first = false) {
    const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const page = wanted?.closest(".page") || document.getElementById("p-start");
    for (const one of all(".page")) one.classList.toggle("here", one === page);
    if (!asides.includes(page.id)) last = page.id;
    for (const link of all("[data-return]")) link.hash = last;
    if (page.dataset.end) reached(page.dataset.conversation, page.dataset.end);
    if (page.id === "p-check") ask();
    mark();
    document.title = `${page.querySelector("h1, h2").textContent} – ${all("h1")[0].textContent}`;
    if (first) {
      if (wanted === page) scrollTo(0, 0);
      return;
    }
    dirty = true;
    save();
    if (wanted && wanted !== page) wanted.scrollIntoView();
    else {
      scrollTo(0, 0);
      page.querySelector("[tabindex]")?.focus({ preventScroll: true });
    }
  }

  function mark() {
    const done = new Set();
    for (const lesson of course.lessons) if (state.lessons.includes(lesson.key)) done.add(lesson.id);
    for (const talk of course.conversations) if (state.talks.includes(talk.key)) done.add(`c-${talk.id}`);
    if (state.passed) done.add("check");
    for (const link of all("[data-entry]")) {
      const is = done.has(link.dataset.entry);
      link.classList.toggle("done", is);
      link.querySelector(".vh")?.remove();
      if (is) link.insertAdjacentHTML("beforeend", `<span class="vh"> (${words.done})</span>`);
    }
    const line = document.querySelector("[data-all-done]");
    line.hidden = !everything();
    line.textContent = everything() ? words.all_done : "";
  }

  function reached(id, end) {
    const talk = course.conversations.find((one) => one.id === id);
    if (talk.ends[end] && !state.talks.includes(talk.key)) state.talks.push(talk.key);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-done]");
    if (!link) return;
    const { key } = course.lessons.find((one) => one.id === link.dataset.done);
    if (!state.lessons.includes(key)) state.lessons.push(key);
  });

  // --- The check ---------------------------------------------------------------------------------------------------

  // A small generator, so that a seed of a few digits brings the same questions back. Source: mulberry32, public domain.
  function dice(seed) {
    let now = seed >>> 0;
    return () => {
      now = (now + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(now ^ (now >>> 15), now | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
  }

  function shuffled(list, roll) {
    const found = [...list];
    for (let at = found.length - 1; at > 0; at--) {
      const other = Math.floor(roll() * (at + 1));
      [found[at], found[other]] = [found[other], found[at]];
    }
    return found;
  }

  // One of each safety group, then the rest; every objective gets a question before any gets a second.
  function drawn(seed) {
    const roll = dice(seed);
    const pool = shuffled(course.questions, roll);
    const groups = new Set();
    const found = pool.filter((one) => one.critical && !groups.has(one.group) && groups.add(one.group));
    const counts = {};
    const count = (one) => { for (const id of one.objectives) counts[id] = (counts[id] || 0) + 1; };
    found.forEach(count);
    const rest = pool.filter((one) => !one.critical);
    while (found.length < course.draw && rest.length) {
      const times = rest.map((one) => Math.min(...one.objectives.map((id) => counts[id] || 0)));
      const [one] = rest.splice(times.indexOf(Math.min(...times)), 1);
      found.push(one);
      count(one);
    }
    return shuffled(found, roll);
  }

  function ask() {
    const box = document.querySelector("[data-check]");
    if (!state.check) return;
    const questions = drawn(state.check.seed);
    if (state.check.at >= questions.length) return;
    box.replaceChildren(form(questions, state.check.at));
  }

  function start() {
    const box = document.querySelector("[data-check]");
    if (!box) return;
    box.append(button(state.check ? words.resume : words.start, "btn fill", () => {
      if (!state.check) {
        const seed = Math.floor(Math.random() * 2 ** 31);
        state.check = { seed, at: 0, answers: drawn(seed).map(() => "") };
      }
      go(state.check.at);
    }));
  }

  function go(at) {
    state.check.at = at;
    dirty = true;
    ask();
    save();
    document.querySelector("[data-check] [tabindex]").focus();
    scrollTo(0, 0);
  }

  function button(text, look, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = look;
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  function element(tag, look, html) {
    const made = document.createElement(tag);
    if (look) made.className = look;
    if (html !== undefined) made.innerHTML = html;
    return made;
  }

  // The order in which a question's options are shown, as places in the source.
  function order(question, list, at, salt = 1) {
    const places = list.map((_one, place) => place);
    if (question.fixed) return places;
    const found = shuffled(places, dice(state.check.seed + 7919 * (at + 1) * salt));
    return question.kind === "order" && found.length > 2 && found.every((place, index) => place === index)
      ? [...found.slice(1), found[0]] : found;
  }

  function form(questions, at) {
    const question = questions[at];
    const made = element("form", "flow");
    made.append(element("p", "soft", filled(words.question, { number: at + 1, count: questions.length })));
    const set = element("fieldset", "ask");
    if (question.kind === "one_answer") set.setAttribute("role", "radiogroup");
    const legend = element("legend", "q");
    const head = element("h2", "", question.stem);
    head.tabIndex = -1;
    legend.append(head);
    set.append(legend, ...hints(question), ...answers(question, at));
    const acts = element("div", "acts");
    const end = at + 1 === questions.length;
    acts.append(button(end ? words.send : words.next, "btn fill", () => (end ? send(questions) : go(at + 1))));
    if (at) acts.append(button(words.back, "btn quiet", () => go(at - 1)));
    made.append(set, acts);
    made.addEventListener("submit", (event) => event.preventDefault());
    made.addEventListener("change", () => {
      state.check.answers[at] = chosen(question, made);
      dirty = true;
      if (told) set_quietly();
    });
    return made;
  }

  // What is chosen reaches the learning system at once, and is committed with the next place.
  function set_quietly() { set("cmi.suspend_data", written()); }

  function hints(question) {
    const found = [];
    const count = question.items.filter((item) => item.right).length;
    if (question.kind === "several_answers") found.push(filled(words.several_hint, { num: count }));
    if (question.kind === "order") found.push(words.order_hint);
    if (question.critical) found.push(words.safety_hint);
    return found.length ? [element("p", "hint", found.join(" "))] : [];
  }

  function answers(question, at) {
    const saved = state.check.answers[at].split(".").filter((part) => part !== "");
    if (question.kind === "order") return steps(question, at, saved);
    if (question.kind === "match") return pairs(question, at, saved);
    const box = element("div", "opts");
    const type = question.kind === "one_answer" ? "radio" : "checkbox";
    for (const place of order(question, question.items, at))
      box.append(option(type, "answer", place, question.items[place].text, saved.includes(String(place))));
    return [box];
  }

  function option(type, name, value, html, is) {
    const label = element("label", "opt");
    const input = element("input");
    Object.assign(input, { type, name, value, checked: is });
    label.append(input, element("span", "", html));
    return label;
  }

  function steps(question, at, saved) {
    return order(question, question.items, at).map((place) => {
      const field = element("div", "field place");
      const label = element("label", "", question.items[place].text);
      const select = element("select");
      select.id = label.htmlFor = `step-${place}`;
      select.name = select.id;
      select.append(new Option(words.choose_place, ""), ...question.items.map((_one, index) => new Option(index + 1, index + 1)));
      select.value = saved[place] === "_" ? "" : saved[place] || "";
      field.append(label, select);
      return field;
    });
  }

  function pairs(question, at, saved) {
    const rights = order(question, question.rights, at, 3);
    return order(question, question.items, at).map((place) => {
      const set = element("fieldset", "pairing");
      set.setAttribute("role", "radiogroup");
      const box = element("div", "opts");
      for (const right of rights) box.append(option("radio", `pair-${place}`, right, question.rights[right], saved[place] === String(right)));
      set.append(element("legend", "", question.items[place].text), box);
      return set;
    });
  }

  // An answer in a few characters: places of options, the place given to each step, or the right-hand side of each pair.
  function chosen(question, made) {
    if (question.kind === "order") return question.items.map((_one, place) => made.querySelector(`[name=step-${place}]`).value || "_").join(".");
    if (question.kind === "match")
      return question.items.map((_one, place) => made.querySelector(`[name=pair-${place}]:checked`)?.value ?? "_").join(".");
    return all("input:checked", made).map((input) => input.value).sort((a, b) => a - b).join(".");
  }

  function key(question) {
    if (question.kind === "order") return question.items.map((_one, place) => place + 1).join(".");
    if (question.kind === "match") return question.items.map((item) => item.goes).join(".");
    return question.items.flatMap((item, place) => (item.right ? [place] : [])).join(".");
  }

  function send(questions) {
    const right = questions.map((question, at) => state.check.answers[at] === key(question));
    const count = right.filter(Boolean).length;
    const needed = Math.ceil((course.needed.score * questions.length) / 100);
    const safe = questions.every((question, at) => !question.critical || right[at]);
    state.best = Math.max(state.best, Math.round((100 * count) / questions.length));
    const passed = count >= needed && safe;
    state.passed = state.passed || passed;
    const result = element("div", "flow");
    const head = element("h2", "", passed ? words.passed : words.not_yet);
    head.tabIndex = -1;
    result.append(head, element("p", "", filled(words.score, { right: count, asked: questions.length, needed })));
    if (!safe) result.append(element("p", "", words.safety_open));
    questions.forEach((question, at) => result.append(told_of(question, at, right[at])));
    const acts = element("div", "acts");
    acts.append(button(words.again, "btn quiet", () => {
      state.check = null;
      const box = document.querySelector("[data-check]");
      box.replaceChildren();
      start();
      box.querySelector("button").click();
    }));
    result.append(acts);
    document.querySelector("[data-check]").replaceChildren(result);
    state.check = null;
    dirty = true;
    mark();
    save();
    head.focus();
    scrollTo(0, 0);
  }

  function told_of(question, at, right) {
    const part = element("section", "part-of flow");
    part.append(element("h3", "", question.stem), element("p", "", `<strong>${right ? words.right : words.not_quite}</strong>`));
    const saved = state.check.answers[at].split(".").filter((one) => one !== "");
    if (!saved.some((one) => one !== "_")) part.append(element("p", "soft", words.unanswered));
    else if (question.kind === "one_answer" || question.kind === "several_answers")
      for (const place of saved) part.append(...note(words.you_chose, question.items[place]));
    if (!right) part.append(...better(question));
    return part;
  }

  function note(lead, item) {
    return [element("p", "", `<span class="soft">${lead}</span> ${item.text}`), ...(item.why ? [element("p", "", item.why)] : [])];
  }

  function better(question) {
    if (question.kind === "order" || question.kind === "match") {
      const list = element(question.kind === "order" ? "ol" : "ul");
      for (const item of question.items) {
        const pair = question.kind === "match" ? `: ${question.rights[item.goes]}` : "";
        list.append(element("li", "", `${item.text}${pair}${item.why ? `<br>${item.why}` : ""}`));
      }
      return [element("p", "soft", words.right_answer), list];
    }
    return question.items.filter((item) => item.right).flatMap((item) => note(words.right_answer, item));
  }

  // --- Begin -------------------------------------------------------------------------------------------------------

  document.documentElement.classList.add("playing");
  const place = begin();
  if (place && document.getElementById(place)) history.replaceState(null, "", `#${place}`);
  start();
  show(true);
  addEventListener("hashchange", () => show());
  addEventListener("pagehide", finish);
  // A phone may end a page that is out of sight without another word.
  document.addEventListener("visibilitychange", () => { if (document.hidden && !ended) save(); });
  // A page that the browser brings back has said goodbye to its learning system already.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
