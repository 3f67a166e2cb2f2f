// Running text clause by clause: each begins an item, goes on with the one before, or is neither.
const ROLE_KEYS = { 1: "issue", 2: "improvement", 3: "same", 4: "none", 5: "matter", 6: "topic" };

function clauseLists(desk) {
  return desk.data.parts.map((part) => h("section", { class: "clauses" }, h("h3", {}, part.label),
    h("p", { class: "hint" }, desk.words.clause_hint),
    h("ol", {}, part.clauses.map((clause) => clauseOf(desk, clause)))));
}

function clauseOf(desk, clause) {
  const chosen = desk.clause === clause.at;
  const roles = clause.roles.map((role) => roleButton(desk, clause, role));
  return h("li", { class: classes("clause", clause.role, chosen && "selected"), "data-path": clause.path || null,
    "data-clause": String(clause.at), "data-focus": `clause ${clause.at}`, tabindex: chosen ? "0" : "-1",
    "aria-current": chosen ? "true" : null, onclick: () => desk.selectClause(clause.at) },
  h("span", { class: "roles", role: "group", "aria-label": desk.words.role }, roles),
  h("span", { lang: "zh" }, clause.text), clause.note && h("span", { class: "note" }, clause.note));
}

function roleButton(desk, clause, role) {
  const is_on = clause.role === role;
  const key = Object.keys(ROLE_KEYS).find((one) => ROLE_KEYS[one] === role);
  return h("button", { type: "button", class: is_on ? "on" : null, "aria-pressed": is_on ? "true" : "false",
    disabled: !desk.data.may.correct, tabindex: "-1", "aria-keyshortcuts": key,
    title: `${desk.words[`role_${role}`]} (${key})`, onclick: () => desk.cast(clause.at, role) },
  desk.words[`sign_${role}`]);
}

function passages(desk) {
  return desk.data.lists.map((list) => h("section", { class: "list" },
    h("h3", {}, list.label, h("span", { class: "count" }, String(list.items.length))),
    list.items.length ? h("ol", {}, list.items.map((item) => passageOf(desk, item)))
      : h("p", { class: "none" }, desk.words.none)));
}

function passageOf(desk, item) {
  return h("li", { class: classesOf(desk, item.path), "data-path": item.path, lang: "zh",
    onclick: () => desk.select(item.path) }, item.text, item.note && h("span", { class: "note" }, item.note));
}
