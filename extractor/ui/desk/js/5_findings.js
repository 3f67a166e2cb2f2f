// What is left to do, and what is known of the field that is looked at.
function findingList(desk) {
  const { findings, conflicts } = desk.data;
  const open = findings.filter((one) => !one.settled).length + conflicts.length;
  const head = h("h3", {}, desk.words.findings, h("span", { class: "count" }, String(open)));
  if (!findings.length && !conflicts.length) return h("section", { class: "findings" }, head, h("p", { class: "clear" }, desk.words.no_findings));
  return h("section", { class: "findings" }, head,
    h("ul", { role: "listbox", "aria-label": desk.words.findings },
      conflicts.map((one) => conflictItem(desk, one)), findings.map((one) => findingItem(desk, one))));
}

function findingItem(desk, one) {
  const chosen = desk.finding === one.key;
  return h("li", { role: "option", "aria-selected": chosen ? "true" : "false", class: `finding ${one.settled ? "settled" : one.severity} ${chosen ? "chosen" : ""}`,
    "data-finding": one.key, onclick: () => desk.choose(one.key) },
  h("span", { class: "code" }, one.title), " ", h("span", { class: "message" }, one.message),
  one.settled && h("p", { class: "settlement" }, one.settled),
  chosen && desk.noting === one.key && noteEditor(desk, one),
  chosen && desk.noting !== one.key && findingButtons(desk, one));
}

function findingButtons(desk, one) {
  if (!desk.data.may.correct) return null;
  if (one.settled) return h("div", { class: "buttons" }, button(desk.words.unsettle, "", () => desk.step({ kind: "unsettle", finding: one.key })));
  return h("div", { class: "buttons" },
    one.repair && button(fill(desk.words.apply_repair, { value: one.repair }), "F", () => desk.repair()),
    button(desk.words.source_wrong, "W", () => desk.startNote(one.key)),
    button(desk.words.no_fault, "D", () => desk.step({ kind: "settle", finding: one.key, outcome: "no_fault", note: "" })));
}

function noteEditor(desk, one) {
  const input = h("input", { type: "text", value: one.message, "data-name": one.key, "aria-label": desk.words.note });
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Enter") desk.step({ kind: "settle", finding: one.key, outcome: "source_wrong", note: input.value });
    if (event.key === "Enter" || event.key === "Escape") desk.startNote(null);
  });
  return h("p", { class: "noting" }, h("label", {}, desk.words.note, input));
}

function conflictItem(desk, one) {
  const keep = (value) => () => desk.step({ kind: "keep", path: one.path, choice: value });
  return h("li", { role: "option", class: "finding error", "data-path": one.path, onclick: () => desk.select(one.path) },
    h("span", { class: "code" }, desk.words.conflict), " ", h("span", { class: "message" }, one.message),
    h("div", { class: "buttons" }, button(fill(desk.words.keep_mine, { value: one.kept }), "", keep("kept")), button(fill(desk.words.take_read, { value: one.read }), "", keep("read"))));
}

function inspector(desk) {
  const place = desk.places[desk.selected];
  if (!place) return h("section", { class: "inspector" }, h("p", { class: "none" }, desk.words.choose_field));
  const rows = place.known.map(([label, value]) => [h("dt", {}, label), h("dd", { lang: "zh" }, value)]);
  const states = place.is_cell && desk.data.may.correct
    ? h("div", { class: "buttons" },
      button(desk.words.edit, "E", () => desk.edit(desk.selected)),
      button(desk.words.state_blank, "B", () => desk.commit(desk.selected, "", "blank")),
      button(desk.words.state_not_applicable, "-", () => desk.commit(desk.selected, "", "not_applicable")),
      button(desk.words.state_unreadable, "X", () => desk.commit(desk.selected, "", "unreadable")))
    : null;
  return h("section", { class: "inspector", "aria-live": "polite" }, h("h3", {}, place.label), h("dl", {}, rows), states);
}

function historyList(desk) {
  return h("details", { class: "history" }, h("summary", {}, desk.words.history),
    h("ol", {}, desk.data.history.map((one) => h("li", {}, h("time", {}, one.when), " ", h("b", {}, one.who), " ", one.what))));
}
