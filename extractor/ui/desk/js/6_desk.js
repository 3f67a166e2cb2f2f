// One report at work: what is selected, what is being typed, and which key does what.
class Desk {
  constructor(root) {
    this.root = root;
    this.frame = h("div", { class: "desk", tabindex: "-1" });
    root.append(this.frame);
    this.on_key = (event) => this.key(event);
  }

  update({ data, setTriggerValue, setStateValue }) {
    const name = `extractor:${data.report}:${data.round}`;
    const is_other = this.name !== name;
    if (is_other) {
      this.steps?.settle(data);
      this.steps?.stop();
      this.steps = new Steps(name);
      Object.assign(this, { name, selected: null, finding: null, editing: null, typed: null, noting: null, asking: null, asText: false });
    }
    Object.assign(this, { data, words: data.words, places: data.places });
    this.setState = setStateValue;
    this.steps.hear(data, (step) => setTriggerValue("step", step));
    if (is_other || !this.open().some((one) => one.key === this.finding)) this.chooseNext(0);
    document.addEventListener("keydown", this.on_key);
    this.draw();
  }

  leave() {
    document.removeEventListener("keydown", this.on_key);
    this.steps?.stop();
  }

  // ---- what is drawn ----
  draw() {
    const typing = this.frame.querySelector("input");
    const kept = typing && { name: typing.dataset.name, value: typing.value, at: typing.selectionStart };
    this.drawing = true; // taking away an input that is typed in is no end of typing
    const scrolled = [...this.frame.querySelectorAll(".sheet, .record")].map((pane) => pane.scrollTop);
    this.frame.replaceChildren(this.bar(), this.told(), h("div", { class: "panes" }, sourcePane(this), this.recordPane()));
    [...this.frame.querySelectorAll(".sheet, .record")].forEach((pane, at) => { pane.scrollTop = scrolled[at] || 0; });
    this.drawing = false;
    const input = this.frame.querySelector("input");
    if (input) this.goOnTyping(input, kept);
    else if (this.show_selected) this.reveal();
    this.show_selected = false;
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
    const waiting = this.steps.waiting.length;
    const state = waiting ? fill(words.saving, { count: waiting }) : words.saved;
    const act = (kind) => () => this.act(kind);
    const decided = ["accepted", "rejected"].includes(data.standing);
    return h("header", { class: "bar" },
      h("h2", { lang: "zh" }, data.organisation || data.name, h("span", { class: "year" }, data.year || "")),
      h("span", { class: `standing ${data.standing}` }, data.standing_label),
      h("span", { class: waiting ? "save waiting" : "save", role: "status" }, state),
      data.may.decide && h("span", { class: "buttons" },
        !decided && button(words.accept, "A", act("accept"), { class: "main" }),
        decided && button(words.reopen, "O", act("reopen")),
        !decided && button(words.park, "Q", act("park")), !decided && button(words.reject, "", act("reject")),
        button(words.undo, "U", act("undo")), button(words.next_report, "G", act("next"))),
      button(words.keys, "?", () => this.act("keys")));
  }

  told() {
    const { data, words } = this;
    return h("div", { class: "told", role: "alert" },
      data.problem && h("p", { class: "problem" }, data.problem.message),
      data.read_only && h("p", { class: "problem" }, data.read_only),
      data.question && h("p", { class: "question" }, data.question),
      this.asking && this.reasonEditor(),
      this.keys_shown && h("dl", { class: "keys" }, words.key_list.map(([key, what]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, what)])));
  }

  reasonEditor() {
    const input = h("input", { type: "text", "data-name": this.asking, "aria-label": this.words[`ask_${this.asking}`] });
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.isComposing) return;
      const kind = this.asking;
      if (event.key === "Enter" || event.key === "Escape") this.asking = null;
      if (event.key === "Enter") this.step({ kind, note: input.value });
      else if (event.key === "Escape") this.draw();
    });
    return h("p", { class: "asking" }, h("label", {}, this.words[`ask_${this.asking}`], input));
  }

  recordPane() {
    return h("section", { class: "right", "aria-label": this.words.record },
      h("div", { class: "todo" }, findingList(this), inspector(this)),
      h("div", { class: "record" }, fieldList(this), this.data.tables.map((table) => formTable(this, table)),
        clauseList(this), passages(this), historyList(this)));
  }

  reveal() {
    const place = this.places[this.selected];
    if (place?.page && this.data.source.kind === "pages" && !this.asText && place.page !== this.data.source.page) this.turnTo(place.page);
    for (const pane of this.frame.querySelectorAll(".sheet, .record")) {
      const found = [...pane.querySelectorAll("[data-path]")].find((element) => element.dataset.path === this.selected);
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
  waitingValue(path) { return this.steps.waiting.findLast((step) => step.path === path && step.kind === "correct")?.text; }

  select(path) { this.selected = path; this.show_selected = true; this.editing = null; this.draw(); }
  choose(key) {
    const one = this.data.findings.find((finding) => finding.key === key);
    this.finding = key;
    this.noting = null;
    const path = one?.suspect || one?.paths.find((name) => this.places[name]);
    if (path) this.selected = path;
    this.show_selected = true;
    this.draw();
  }
  chooseNext(by) {
    const open = this.open();
    if (!open.length) { this.finding = null; return; }
    const at = open.findIndex((one) => one.key === this.finding);
    const next = at < 0 ? 0 : (at + by + open.length) % open.length;
    this.choose(open[next].key);
  }

  turnTo(page) { this.setState("page", { report: this.data.report, page }); }
  toggleText() { this.asText = !this.asText; this.show_selected = true; this.draw(); }

  // ---- what is changed ----
  step(step) {
    this.steps.add({ ...step, report: this.data.report, round: this.data.round });
    this.draw();
  }
  edit(path, typed = null) {
    if (!this.data.may.correct || !this.places[path]?.editable) return;
    Object.assign(this, { selected: path, editing: path, typed });
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
  cast(at, role) { this.step({ kind: "recut", at, role }); }
  repair() {
    const one = this.data.findings.find((finding) => finding.key === this.finding);
    if (one?.repair && !one.settled) this.step({ kind: "repair", finding: one.key });
  }
  startNote(key) { this.noting = key; this.draw(); }
  act(kind) {
    if (kind === "keys") { this.keys_shown = !this.keys_shown; this.draw(); }
    else if (kind === "reject" || kind === "park") { this.asking = kind; this.draw(); }
    else this.step({ kind });
  }
  move(across, down) {
    const cells = [...this.frame.querySelectorAll("td[data-path]")];
    const at = cells.find((cell) => cell.dataset.path === this.selected);
    if (!at) { if (cells[0]) this.select(cells[0].dataset.path); return; }
    const grid = [...this.frame.querySelectorAll(".grid tbody tr")].map((row) => [...row.querySelectorAll("td[data-path]")]);
    const row = grid.findIndex((cells_of) => cells_of.includes(at));
    const column = grid[row].indexOf(at);
    const target = down ? grid[row + down]?.[Math.min(column, (grid[row + down]?.length ?? 1) - 1)] : grid[row][column + across] ?? (across > 0 ? grid[row + 1]?.[0] : grid[row - 1]?.at(-1));
    if (target) this.select(target.dataset.path);
  }

  // ---- keys ----
  key(event) {
    const target = event.composedPath()[0];
    const is_typing = target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
    if (is_typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if ((event.key === "Enter" || event.key === " ") && target instanceof HTMLElement && ["BUTTON", "SUMMARY", "A"].includes(target.tagName)) return;
    const known = this.binding(event.key);
    if (!known) return;
    event.preventDefault();
    event.stopPropagation();
    known();
  }

  binding(key) {
    const { may } = this.data;
    const on_cell = may.correct && this.places[this.selected]?.is_cell;
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (moves[key]) return () => this.move(...moves[key]);
    if (/^[0-9.]$/.test(key) && on_cell) return () => this.edit(this.selected, key);
    if (on_cell && { b: 1, "-": 1, x: 1 }[key.toLowerCase()]) {
      return () => this.commit(this.selected, "", { b: "blank", "-": "not_applicable", x: "unreadable" }[key.toLowerCase()]);
    }
    const decide = (kind) => may.decide && (() => this.act(kind));
    const finding = this.finding && may.correct;
    return {
      n: () => this.chooseNext(1), p: () => this.chooseNext(-1), j: () => this.chooseNext(1), k: () => this.chooseNext(-1),
      f: finding && (() => this.repair()), w: finding && (() => this.startNote(this.finding)),
      d: finding && (() => this.step({ kind: "settle", finding: this.finding, outcome: "no_fault", note: "" })),
      e: may.correct && (() => this.edit(this.selected)), enter: may.correct && (() => this.edit(this.selected)),
      a: decide("accept"), o: decide("reopen"), q: decide("park"), u: decide("undo"), g: decide("next"),
      t: () => this.data.source.kind === "pages" && this.toggleText(), "?": () => this.act("keys"),
    }[key.toLowerCase()] || null;
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
