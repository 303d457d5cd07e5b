"""A company's real rulebook of 25 points a quarter contradicts itself and is refused."""

from __future__ import annotations

from tests.rules.scheme_texts import HEAD, found

COMPANY = f"""{HEAD}
total: {{periods: {{per: quarter}}, max: 100}}
nodes:
  - code: A
    name: 三会一课
    max: 10
    criteria:
      - {{code: A1, name: 积极参与三会一课, value: {{fixed: 5}}, caps: {{quarter: 5}}, by: [organisation]}}
      - {{code: A2, name: 三会一课缺席不超过1次, value: {{fixed: 5}}, caps: {{year: 5}}, by: [organisation]}}
  - code: B
    name: 主题党日
    max: 6
    criteria:
      - {{code: B1, name: 参与主题党日, value: {{fixed: 5}}, caps: {{quarter: 5}}, by: [organisation]}}
      - {{code: B2, name: 主题党日缺席不超过1次, value: {{fixed: 5}}, caps: {{year: 5}}, by: [organisation]}}
  - code: C
    name: 自身建设
    max: 9
    criteria:
      - {{code: C1, name: 党费, value: {{fixed: 3}}, caps: {{quarter: 3}}, by: [organisation]}}
      - {{code: C2, name: 配合完成任务, value: {{fixed: 3}}, caps: {{quarter: 3}}, by: [organisation]}}
      - {{code: C3, name: 志愿服务, value: {{fixed: 2}}, caps: {{quarter: 2}}}}
      - {{code: C4, name: 困难帮扶, value: {{fixed: 1}}, caps: {{quarter: 1}}}}
grades: [{{name: 优秀候选, from: 90}}, {{name: 其他, from: 0}}]
"""


def test_the_company_rulebook_of_25_a_quarter_is_refused_for_its_contradictions():
    assert found(COMPANY) == [
        ("scheme_window_longer", ("nodes", 0, "criteria", 1, "caps", "year"), "error"),
        ("scheme_window_longer", ("nodes", 1, "criteria", 1, "caps", "year"), "error"),
        ("scheme_items_above_category", ("nodes", 1, "max"), "error"),
    ]


def test_the_company_rulebook_mended_has_no_finding():
    mended = COMPANY.replace("caps: {year: 5}", "caps: {quarter: 5}").replace("max: 6", "max: 10")
    assert found(mended) == []
