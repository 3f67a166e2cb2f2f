// What is left to do, and what is known of the field that is looked at.
function findingList(desk) {
  const { findings, conflicts } = desk.data;
  const open = findings.filter((one) => !one.settled).length + conflicts.length;
  const head = h("h3", {}, desk.words.findings, h("span", { class: "count" }, String(open)));
  const none = !findings.length && !conflicts.length;
  return h("section", { class: "findings", "aria-label": desk.words.findings }, head,
    none && h("p", { class: "clear" }, desk.data.may.decide ? desk.words.no_findings : desk.words.none_found),
    h("ul", {}, conflicts.map((one) => conflictItem(desk, one)), findings.map((one) => findingItem(desk, one))));
}

function findingItem(desk, one) {
  const chosen = desk.finding === one.key;
  const noting = chosen && desk.noting === one.key;
  return h("li", { class: classes("finding", one.settled ? "settled" : one.severity, chosen && "chosen"),
    "aria-current": chosen ? "true" : null, "data-finding": one.key, onclick: () => desk.choose(one.key) },
  h("button", { type: "button", class: "plain", "data-focus": `finding ${one.key}` },
    h("span", { class: "code" }, one.title), " ", h("span", { class: "message" }, one.message)),
  one.settled && h("p", { class: "settlement" }, one.settled), chosen && one.other && otherReport(desk, one.other),
  noting && noteEditor(desk, one), chosen && !noting && findingButtons(desk, one));
}

// The report of another year that a finding is about opens beside this one.
function otherReport(desk, report) {
  const words = fill(desk.words.open_other, { report });
  const link = h("a", { href: `?report=${report}`, target: "_blank", rel: "noopener" }, words);
  return h("p", { class: "other", onclick: (event) => event.stopPropagation() }, link);
}

// A press on one of them is no choice of the finding: that would draw the list anew under it.
function buttonsOf(...buttons) {
  return h("div", { class: "buttons", onclick: (event) => event.stopPropagation() }, buttons);
}

function findingButtons(desk, one) {
  const { words } = desk;
  if (!desk.data.may.correct) return null;
  const unsettle = () => desk.step({ kind: "unsettle", finding: one.key });
  if (one.settled) return buttonsOf(button(words.unsettle, "", unsettle));
  return buttonsOf(
    one.repair && button(fill(words.apply_repair, { value: one.repair }), "F", () => desk.repair()),
    button(words.source_wrong, "W", () => desk.startNote(one.key)),
    button(words.no_fault, "D", () => desk.noFault(one.key)));
}

function noteEditor(desk, one) {
  const settle = (note) => {
    desk.noting = null;
    desk.step({ kind: "settle", finding: one.key, outcome: "source_wrong", note });
  };
  const input = lineEditor(one.key, desk.words.note, one.message, settle, () => desk.startNote(null));
  const label = h("label", {}, desk.words.note, input);
  return h("p", { class: "noting", onclick: (event) => event.stopPropagation() }, label);
}

function conflictItem(desk, one) {
  const keep = (choice) => () => desk.step({ kind: "keep", path: one.path, choice });
  return h("li", { class: "finding error", "data-path": one.path, onclick: () => desk.select(one.path) },
    h("button", { type: "button", class: "plain", "data-focus": `conflict ${one.path}` },
      h("span", { class: "code" }, desk.words.conflict), " ", h("span", { class: "message" }, one.message)),
    desk.data.may.correct && buttonsOf(
      button(fill(desk.words.keep_mine, { value: one.kept }), "", keep("kept")),
      button(fill(desk.words.take_read, { value: one.read }), "", keep("read"))));
}

function inspector(desk) {
  const place = desk.places[desk.selected];
  if (!place) return h("section", { class: "inspector" }, h("p", { class: "none" }, desk.words.choose_field));
  const rows = place.known.map(([label, value, code]) => [h("dt", {}, label),
    h("dd", { lang: desk.data.language }, value, code && h("code", {}, code))]);
  return h("section", { class: "inspector", "aria-live": "polite" }, h("h3", {}, place.label),
    place.beside.length > 1 && besideOf(place), h("dl", {}, rows), desk.data.may.correct && placeButtons(desk, place));
}

// What the machine, the model and a person say of one field, side by side where they differ.
function besideOf(place) {
  const heads = place.beside.map((one) => h("th", { scope: "col" }, one.label));
  const values = place.beside.map((one) => h("td", { class: one.stands ? "stands" : null, lang: "zh" }, one.value));
  return h("table", { class: "beside" }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, h("tr", {}, values)));
}

function placeButtons(desk, place) {
  const { words } = desk, say = (state) => () => desk.commit(desk.selected, "", state);
  return h("div", { class: "buttons" },
    place.editable && button(words.edit, "E", () => desk.edit(desk.selected)),
    place.model && button(fill(words.take_model, { value: place.model }), "M", () => desk.takeModel()),
    place.is_cell && [
      button(words.state_blank, "B", say("blank")),
      button(words.state_not_applicable, "-", say("not_applicable")),
      button(words.state_unreadable, "X", say("unreadable"))]);
}

function historyList(desk) {
  const happened = desk.data.history.map((one) =>
    h("li", {}, h("time", {}, one.when), " ", h("b", {}, one.who), " ", one.what));
  const ontoggle = (event) => { desk.history_open = event.target.open; };
  return h("details", { class: "history", open: desk.history_open, ontoggle },
    h("summary", { "data-focus": "history" }, desk.words.history), h("ol", {}, happened));
}
