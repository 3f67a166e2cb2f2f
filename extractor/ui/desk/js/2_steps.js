// Steps go to the server one at a time, each with a token of its own, and are kept in the browser until the server has
// said that it saved them: a reload, a lost connection or a restart of the server loses none, and none is saved twice.
const RESEND_AFTER = 4000, LATE_AFTER = 2;

class Steps {
  constructor(name, waited) {
    this.name = name;
    this.waited = waited;
    this.sent = 0;
    this.waiting = Steps.kept(name);
    this.under_way = null;
    this.timer = null;
  }

  static kept(name) {
    try {
      const kept = JSON.parse(localStorage.getItem(name) || "[]");
      return Array.isArray(kept) ? kept : [];
    } catch {
      return [];
    }
  }

  add(step) {
    this.waiting.push({ ...step, token: token() });
    this.keep();
    this.go();
  }

  // The server's word on the last step: only now may the next one go.
  hear(data, trigger) {
    this.trigger = trigger;
    this.version = data.version;
    this.settle(data);
    this.go();
  }

  // What was answered is forgotten; after a stale one nothing that was to follow it makes sense.
  settle(data) {
    const at = this.waiting.findIndex((step) => step.token === data.ack);
    if (at >= 0) {
      this.waiting.splice(at, 1);
      if (data.problem && data.problem.stale) this.waiting = [];
      this.keep();
      this.under_way = null;
      this.sent = 0;
    }
  }

  get is_late() {
    return this.sent > LATE_AFTER;
  }

  go() {
    clearTimeout(this.timer);
    const step = this.waiting[0];
    if (!step || !this.trigger) return;
    if (this.under_way !== step.token) {
      step.version ??= this.version; // one kept from before a reload has its own: it may be saved, or stale
      this.under_way = step.token;
      this.keep();
    }
    this.trigger(step);
    this.sent += 1;
    if (this.is_late) this.waited();
    this.timer = setTimeout(() => this.go(), RESEND_AFTER);
  }

  keep() {
    try {
      if (this.waiting.length) localStorage.setItem(this.name, JSON.stringify(this.waiting));
      else localStorage.removeItem(this.name);
    } catch {
      // a browser that keeps nothing: steps are still sent until they are answered
    }
  }

  stop() {
    clearTimeout(this.timer);
    this.trigger = null;
  }
}
