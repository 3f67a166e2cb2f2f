"""What reports may try: markup, script, formulas, control and direction marks, very long lines."""

from __future__ import annotations

from dataclasses import replace

from eval.compare import Comparison, compare
from eval.result import Excerpt, FieldScore, FindingsScore, GateCheck, GateResult, GoldSet, RunResult, Spending, Waiver
from tests.eval import results

ATTACKS = (
    "<script>window.ran = 1</script>",
    '"><img src=x onerror="window.ran = 2">',
    "'><svg onload=window.ran=3>",
    "</style><script>window.ran = 4</script>",
    "{{ 7 * 191 }}{% raw %}",
    "<iframe src='javascript:parent.ran=5'></iframe>",
    "<a href='javascript:window.ran=6' autofocus onfocus=window.ran=7>点此</a>",
    "<meta http-equiv=refresh content='0;url=http://evil.invalid/'>",
    "<link rel=stylesheet href=http://evil.invalid/a.css><base href=http://evil.invalid/>",
    "<!--", "]]>", "&lt;script&gt;",
    "=HYPERLINK(\"http://evil.invalid\",\"3\")",
    "[点此](javascript:window.ran=8) ![x](http://evil.invalid/x.png) http://evil.invalid www.evil.invalid",
    "| 1 | 2 |\n\n# 标题\n```\n<b>",
    "\x1b[2J\x1b]0;owned\x07\x9b31m",
    "2023\u202e3202\u202c\u2066",
    "\x00\x01\x08\ufeff\u2028\u2029\ud800",
    "长" * 20_000,
    "[bold red]rich[/bold red][link=http://evil.invalid]x[/link]",
)  # fmt: skip
ALL = "\n".join(ATTACKS)


def hostile_field(attack: str, at: int) -> FieldScore:
    around = Excerpt(0, 1, attack, attack, attack, line=at)
    return FieldScore(
        f"/tables/{attack}/{at}", "cell", attack, "wrong", gold=attack, got=f"{attack}{at}", table=attack, row=attack,
        column=attack, confusion=attack, verdict="accepted", confidence=0.5, method=attack, raw=attack, excerpt=around,
        flagged_by=[attack] if at % 2 else [],
    )  # fmt: skip


def hostile_run() -> RunResult:
    """A run in which every text is an attack."""
    fields = [hostile_field(attack, at) for at, attack in enumerate(ATTACKS, 1)]
    codes = FindingsScore([ALL], [ALL], [ALL], [ALL], [ALL])
    case = results.case(
        ALL, *fields, set=ALL, source=ALL, form=ALL, format=ALL, layout=ALL, level=ALL, status=ALL, findings=codes,
        engine=ALL, spending=Spending(1, 2, 3, 4, "0.5", ALL, 0.1),
    )  # fmt: skip
    gate = GateResult(False, [GateCheck(ALL, ALL, 0.5, 1.0, 0.0, False, ALL, waived="")], [ALL])
    engine = replace(results.RULES, name=ALL, label=ALL, scripted=True)
    return results.run(
        case,
        replace(case, id="failed", failure=ALL),
        replace(case, id="hard", hard=True, why_hard=ALL),
        replace(case, id="generated", origin="generated"),
        engines=[engine],
        sets=[GoldSet(ALL, "labelled", scored=False, why=ALL)],
        versions={ALL: ALL},
        waivers=[Waiver(ALL, ALL, ALL)],
        gate=gate,
        started=ALL,
    )


def hostile_comparison() -> Comparison:
    run = hostile_run()
    before = results.run(replace(run.cases[0], fields=[], status="accepted"), replace(run.cases[0], id=ALL + "gone"))
    return compare(before, run)
