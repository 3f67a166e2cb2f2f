// Which key does what now; null where it does nothing, and the page may have it.
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STATES = { b: "blank", "-": "not_applicable", x: "unreadable" };

function binding(desk, key) {
  const small = key.toLowerCase();
  if (desk.clause !== null && (MOVES[key] || ROLE_KEYS[key])) return clauseBinding(desk, key);
  if (MOVES[key]) return () => desk.move(...MOVES[key]);
  const { may } = desk.data, place = desk.places[desk.selected];
  if (may.correct && place?.is_cell) {
    if (/^[0-9.]$/.test(key)) return () => desk.edit(desk.selected, key);
    if (STATES[small]) return () => desk.commit(desk.selected, "", STATES[small]);
  }
  return viewBinding(desk, small) || (may.correct && correctBinding(desk, small)) ||
    (may.decide && decideBinding(desk, small)) || null;
}

function clauseBinding(desk, key) {
  if (MOVES[key]) return () => desk.moveClause(MOVES[key][0] + MOVES[key][1]);
  return desk.data.may.correct && (() => desk.cast(desk.clause, ROLE_KEYS[key]));
}

function viewBinding(desk, key) {
  const on = () => desk.chooseNext(1), back = () => desk.chooseNext(-1);
  return {
    n: on, j: on, p: back, k: back,
    c: desk.data.parts.length && (() => desk.selectClause(desk.clauseOfSelected())),
    "?": () => desk.act("keys"),
    t: desk.data.source.kind === "pages" && (() => desk.toggleText()),
  }[key];
}

function correctBinding(desk, key) {
  const finding = desk.open().some((one) => one.key === desk.finding);
  const edit = desk.places[desk.selected]?.editable && (() => desk.edit(desk.selected));
  return {
    f: finding && (() => desk.repair()), w: finding && (() => desk.startNote(desk.finding)),
    d: finding && (() => desk.noFault(desk.finding)), e: edit, enter: edit,
    m: desk.places[desk.selected]?.model && (() => desk.takeModel()),
  }[key];
}

function decideBinding(desk, key) {
  const kind = { a: "accept", o: "reopen", q: "park", r: "reject", u: "undo", g: "next" }[key];
  return kind && (() => desk.act(kind));
}

function isOneOf(target, ...tags) {
  return target instanceof HTMLElement && tags.includes(target.tagName);
}

function isTyping(target) {
  return isOneOf(target, "INPUT", "TEXTAREA", "SELECT") || target.isContentEditable;
}

// Enter and the space bar press the button that has the focus, and scroll or open what can be.
function isPressed(event, target) {
  return ["Enter", " "].includes(event.key) && isOneOf(target, "BUTTON", "SUMMARY", "A");
}
