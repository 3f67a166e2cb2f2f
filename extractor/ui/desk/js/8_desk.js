// One report at work: what is selected, what is being typed, what is drawn.
const FRESH = { selected: null, clause: null, finding: null, editing: null, typed: null, noting: null, asking: null,
  asText: false, history_open: false, presses: 0 };

class Desk {
  constructor(root) {
    this.root = root;
    this.frame = h("div", { class: "desk", tabindex: "-1" });
    root.append(this.frame);
    this.on_key = (event) => this.key(event);
    this.on_press = (event) => this.count(event);
  }

  update({ data, setTriggerValue, setStateValue }) {
    const name = `extractor:${data.report}:${data.round}`;
    const is_other = this.name !== name;
    if (is_other) this.begin(name, data);
    Object.assign(this, { data, words: data.words, places: data.places });
    this.setState = setStateValue;
    this.steps.hear(data, (step) => setTriggerValue("step", step));
    if (is_other || !this.open().some((one) => one.key === this.finding)) this.chooseNext(0);
    document.addEventListener("keydown", this.on_key);
    for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, this.on_press, true);
    this.draw();
  }

  begin(name, data) {
    this.steps?.settle(data);
    this.steps?.stop();
    this.steps = new Steps(name, () => this.drawSaved());
    Object.assign(this, FRESH, { name });
  }

  leave() {
    document.removeEventListener("keydown", this.on_key);
    for (const kind of ["keydown", "pointerdown"]) document.removeEventListener(kind, this.on_press, true);
    this.steps?.stop();
  }

  // ---- what is drawn ----
  draw() {
    const typing = this.frame.querySelector("input");
    const kept = typing && { name: typing.dataset.name, value: typing.value, at: typing.selectionStart };
    const focused = this.focused();
    this.drawing = true; // taking away an input that is typed in is no end of typing
    const panes = () => [...this.frame.querySelectorAll(".sheet, .record, .findings")];
    const scrolled = panes().map((pane) => pane.scrollTop);
    const sides = h("div", { class: "panes" }, sourcePane(this), this.recordPane());
    this.frame.replaceChildren(this.bar(), this.told(), sides);
    panes().forEach((pane, at) => { pane.scrollTop = scrolled[at] || 0; });
    this.drawing = false;
    const input = this.frame.querySelector("input");
    if (input) this.goOnTyping(input, kept);
    else this.focusAgain(focused);
    if (!input && this.show_selected) this.reveal();
    this.show_selected = false;
  }

  // What has the focus, by a name that the same thing has when it is drawn again; null where it is outside.
  focused() {
    const active = this.frame.getRootNode().activeElement;
    return active && this.frame.contains(active) ? active.closest("[data-focus]")?.dataset.focus || "" : null;
  }

  focusAgain(name) {
    if (name === null) return;
    const wanted = this.clause !== null ? `clause ${this.clause}` : `at ${this.selected}`;
    const all = [...this.frame.querySelectorAll("[data-focus]")];
    const is_place = !name || name.startsWith("at ") || name.startsWith("clause ");
    const again = all.find((one) => one.dataset.focus === (is_place ? wanted : name)) ||
      all.find((one) => one.dataset.focus === wanted);
    (again || this.frame).focus({ preventScroll: true });
  }

  goOnTyping(input, kept) {
    input.focus();
    if (kept && kept.name === input.dataset.name) {
      input.value = kept.value;
      input.setSelectionRange(kept.at, kept.at);
    } else if (this.typed === null) input.select();
    else input.setSelectionRange(input.value.length, input.value.length);
  }

  bar() {
    const { data, words } = this;
    return h("header", { class: "bar" },
      h("h2", { lang: "zh" }, data.organisation || data.name, h("span", { class: "year" }, data.year || "")),
      h("span", { class: `standing ${data.standing}` }, data.standing_label), this.saved(),
      data.may.decide && this.decisions(), button(words.keys, "?", () => this.act("keys")));
  }

  decisions() {
    const { words } = this, act = (kind) => () => this.act(kind);
    const { standing } = this.data;
    const is_decided = ["accepted", "rejected"].includes(standing), is_parked = standing === "parked";
    return h("span", { class: "buttons" },
      !is_decided && button(words.accept, "A", act("accept"), { class: "main" }),
      (is_decided || is_parked) && button(words.reopen, "O", act("reopen")),
      !is_decided && !is_parked && button(words.park, "Q", act("park")),
      !is_decided && button(words.reject, "R", act("reject")),
      button(words.undo, "U", act("undo")), button(words.next_report, "G", act("next")));
  }

  // Whether all is saved; steps that nobody answers are in this browser still, and are sent again.
  saved() {
    const waiting = this.steps.waiting.length;
    const words = this.steps.is_late ? this.words.unanswered : this.words.saving;
    return h("span", { class: classes("save", waiting && "waiting"), role: "status" },
      waiting ? fill(words, { count: waiting }) : this.words.saved);
  }
  drawSaved() { this.frame.querySelector(".save")?.replaceWith(this.saved()); }

  told() {
    const { data, words } = this;
    return h("div", { class: "told", role: "alert" },
      data.problem && h("p", { class: "problem" }, data.problem.message),
      data.read_only && h("p", { class: "problem" }, data.read_only),
      data.question && h("p", { class: "question" }, data.question),
      this.asking && this.reasonEditor(),
      this.keys_shown && h("dl", { class: "keys" },
        words.key_list.map(([key, what]) => h("div", {}, h("dt", {}, h("kbd", {}, key)), h("dd", {}, what)))));
  }

  reasonEditor() {
    const kind = this.asking, words = this.words[`ask_${kind}`];
    const over = () => { this.asking = null; };
    return h("p", { class: "asking" }, h("label", {}, words, lineEditor(kind, words, "",
      (note) => { over(); this.step({ kind, note }); }, () => { over(); this.draw(); })));
  }

  recordPane() {
    return h("section", { class: "right", "aria-label": this.words.record },
      h("div", { class: "todo" }, findingList(this), inspector(this)),
      h("div", { class: "record" }, fieldList(this), this.data.tables.map((table) => formTable(this, table)),
        clauseLists(this), passages(this), historyList(this)));
  }

  reveal() {
    const place = this.places[this.selected], { source } = this.data;
    const is_elsewhere = place?.page && source.kind === "pages" && !this.asText && place.page !== source.page;
    if (is_elsewhere) this.turnTo(place.page);
    for (const pane of this.frame.querySelectorAll(".sheet, .record")) {
      const all = [...pane.querySelectorAll("[data-path], [data-clause]")];
      const found = all.find((one) => this.clause !== null && one.dataset.clause === String(this.clause)) ||
        all.find((one) => one.dataset.path === this.selected);
      if (found) centre(pane, found);
    }
    const chosen = this.frame.querySelector(".finding.chosen");
    if (chosen) centre(chosen.closest(".findings"), chosen);
  }

  // ---- what is chosen ----
  open() { return this.data.findings.filter((one) => !one.settled); }
  isSelected(path) { return path === this.selected; }
  isNamed(path) { return this.data.findings.find((one) => one.key === this.finding)?.paths.includes(path) ?? false; }
  isWaiting(path) { return this.steps.waiting.some((step) => step.path === path); }
  waitingValue(path) {
    const step = this.steps.waiting.findLast((one) => one.path === path && one.kind === "correct");
    return step && (step.state === null ? step.text : "");
  }

  select(path) {
    Object.assign(this, { selected: path, clause: null, editing: null, show_selected: true });
    this.draw();
  }
  selectClause(at) {
    const path = this.clauses().find((one) => one.at === at)?.path;
    Object.assign(this, { clause: at, selected: path ?? null, editing: null, show_selected: true });
    this.draw();
  }
  clauses() { return this.data.parts.flatMap((part) => part.clauses); }
  clauseOfSelected() { return (this.clauses().find((one) => one.path === this.selected) || this.clauses()[0]).at; }
  moveClause(by) {
    const all = this.clauses(), at = all.findIndex((one) => one.at === this.clause) + by;
    if (all[at]) this.selectClause(all[at].at);
  }
  choose(key) {
    const one = this.data.findings.find((finding) => finding.key === key);
    const path = one?.suspect || one?.paths.find((name) => this.places[name]);
    if (path) Object.assign(this, { selected: path, clause: null });
    Object.assign(this, { finding: key, noting: null, show_selected: true });
    this.draw();
  }
  chooseNext(by) {
    const open = this.open();
    if (!open.length) { this.finding = null; return; }
    const at = open.findIndex((one) => one.key === this.finding);
    this.choose(open[at < 0 ? 0 : (at + by + open.length) % open.length].key);
  }

  turnTo(page) { this.setState("page", { report: this.data.report, page }); }
  toggleText() { this.asText = !this.asText; this.show_selected = true; this.draw(); }

  // ---- what is changed ----
  step(step) {
    const { report, round } = this.data;
    this.steps.add({ ...step, report, round, presses: Math.min(this.presses, 9_999) });
    this.presses = 0;
    this.draw();
  }
  edit(path, typed = null) {
    if (!this.data.may.correct || !this.places[path]?.editable) return;
    Object.assign(this, { selected: path, clause: null, editing: path, typed });
    this.draw();
  }
  stopEditing() { this.editing = null; this.typed = null; this.draw(); }
  commit(path, text, state = null) {
    const place = this.places[path];
    this.editing = null;
    this.typed = null;
    if (!this.data.may.correct || (state === null && text.trim() === place.value)) this.draw();
    else this.step({ kind: "correct", path, text, state });
  }
  cast(at, role) {
    const clause = this.clauses().find((one) => one.at === at);
    if (clause.roles.includes(role) && clause.role !== role) this.step({ kind: "recut", at, role });
  }
  repair() {
    const one = this.data.findings.find((finding) => finding.key === this.finding);
    if (one?.repair && !one.settled) this.step({ kind: "repair", finding: one.key });
  }
  takeModel() { this.commit(this.selected, this.places[this.selected].model); }
  noFault(key) { this.step({ kind: "settle", finding: key, outcome: "no_fault", note: "" }); }
  startNote(key) { this.noting = key; this.draw(); }
  act(kind) {
    if (kind === "keys") this.keys_shown = !this.keys_shown;
    else if (kind === "reject" || kind === "park") this.asking = kind;
    else { this.step({ kind }); return; }
    this.draw();
  }

  move(across, down) {
    const rows = [...this.frame.querySelectorAll(".grid tbody tr")];
    const lines = rows.map((row) => [...row.querySelectorAll("td[data-path]")]);
    const row = lines.findIndex((cells) => cells.some((cell) => cell.dataset.path === this.selected));
    if (row < 0) { if (lines[0]?.[0]) this.select(lines[0][0].dataset.path); return; }
    const column = lines[row].findIndex((cell) => cell.dataset.path === this.selected);
    const target = down ? lines[row + down]?.[Math.min(column, lines[row + down].length - 1)]
      : lines[row][column + across] ?? (across > 0 ? lines[row + 1]?.[0] : lines[row - 1]?.at(-1));
    if (target) this.select(target.dataset.path);
  }

  // ---- keys ----
  count(event) {
    if (!["Shift", "Control", "Alt", "Meta"].includes(event.key)) this.presses += 1;
  }
  key(event) {
    const target = event.composedPath()[0];
    if (isTyping(target) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isPressed(event, target)) return;
    const known = binding(this, event.key);
    if (!known) return;
    event.preventDefault();
    event.stopPropagation();
    known();
  }
}

const DESKS = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!DESKS.has(root)) DESKS.set(root, new Desk(root));
  const desk = DESKS.get(root);
  desk.update(component);
  return () => desk.leave();
}
