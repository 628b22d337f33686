"""The table of rules is whole and obeyed; each rule raises its flag, and none where it is switched off."""

import re
from decimal import Decimal

import pytest
from test_proposing_rules import STRENGTHS, item, on_record, run, take

from pipeline.domain.drug import Drug, DrugCandidate
from pipeline.domain.errors import BadRules
from pipeline.domain.geometry import Box, Quad
from pipeline.domain.identity import Traits
from pipeline.domain.meaning import Action, Mention, MentionKind, PrescriptionLine, Understanding
from pipeline.domain.paper import PageKind
from pipeline.domain.record import PatientRecord, RecordMedication
from pipeline.domain.review import Flag, Grade, Proposal, Severity
from pipeline.domain.writing import Evidence
from pipeline.matching import drug_table
from pipeline.proposing.checks import BUILT_IN, Checks, switch, switched_off
from pipeline.proposing.look_alike import side_by_side
from pipeline.proposing.propose import propose
from pipeline.proposing.rules import rows, same_substance_key, table
from pipeline.proposing.thesaurus import from_rows

THESAURUS = from_rows(
    [
        ("ramipril", ["inhibiteurs de l'enzyme de conversion"]),
        ("potassium", ["hyperkaliémiants"]),
        ("lithium", []),
        ("naproxene", ["anti-inflammatoires non stéroïdiens"]),
        ("acebutolol", ["bêta-bloquants dans l'insuffisance cardiaque", "bradycardisants"]),
        ("clonidine", ["antihypertenseurs centraux", "autres bradycardisants"]),
        ("morphine", ["médicaments sédatifs"]),
        ("hydroxyzine", ["autres médicaments sédatifs"]),
        ("oxybate de sodium", ["autres médicaments sédatifs"]),
    ],
    [
        ("LITHIUM", "INHIBITEURS DE L'ENZYME DE CONVERSION", ["deconseillee"], "Lithiémie"),
        ("RAMIPRIL", "HYPERKALIÉMIANTS", ["contre-indication", "precaution"], "Selon la dose"),
        (
            "ANTIHYPERTENSEURS CENTRAUX",
            "BÊTA-BLOQUANTS DANS L'INSUFFISANCE CARDIAQUE",
            ["deconseillee"],
            "IC",
        ),
        ("BRADYCARDISANTS", "AUTRES BRADYCARDISANTS", ["prendre-en-compte"], "Bradycardie"),
        (
            "MÉDICAMENTS SÉDATIFS",
            "AUTRES MÉDICAMENTS SÉDATIFS",
            ["contre-indication", "precaution"],
            "Sédation",
        ),
    ],
    edition="2020-10-20",
)


def drug_line(
    name: str, substance: str, atc: str | None, *posologies: object, **fields: object
) -> PrescriptionLine:
    drug = DrugCandidate(Drug(name, substance, atc), 0.99, 0.99)
    return item("Ramipril", fields.pop("strength", None), *posologies, drug=drug, **fields)  # type: ignore[arg-type]


def proposals(
    items: list[PrescriptionLine],
    *medications: RecordMedication,
    allergies: tuple[str, ...] = (),
    problems: tuple[str, ...] = (),
    weight: str | None = None,
    checks: Checks = BUILT_IN,
    strengths: tuple[str, ...] = (),
) -> tuple[Proposal, ...]:
    mentions = (Mention(MentionKind.VITAL, "poids", weight, "kg"),) if weight else ()
    page = Understanding(PageKind.PRESCRIPTION, None, None, Traits(), items=tuple(items), mentions=mentions)
    return propose(
        page_id="a-1",
        understanding=page,
        patient_id="P1",
        record=PatientRecord("P1", medications, allergies, problems),
        strengths_of=lambda substance, form, brand: strengths or STRENGTHS.get(substance, ()),
        provenance=run([item("Ramipril")])[0].provenance,
        checks=checks,
    )


def rules_of(proposal: Proposal) -> list[str]:
    return [flag.rule for flag in proposal.flags]


def only(proposal: Proposal, rule: str) -> Flag:
    (found,) = [flag for flag in proposal.flags if flag.rule == rule]
    return found


RAISED = {
    "allergy": lambda **k: proposals([item("Clamoxyl")], allergies=("pénicilline",), **k),
    "interaction_contraindicated": lambda **k: proposals(
        [drug_line("Zocor", "simvastatine", "C10AA01")],
        RecordMedication("Zeclar", "clarithromycine", "J01FA09"),
        **k,
    ),
    "interaction_discouraged": lambda **k: proposals([item("Naproxène")], on_record("Téralithe"), **k),
    "interaction_quiet": lambda **k: proposals([item("Naproxène")], on_record("Novatrex"), **k),
    "interaction_not_evaluated": lambda **k: proposals([item("Inconnu")], on_record("Ramipril"), **k),
    "duplicate_substance": lambda **k: proposals([item("Ixprim")], on_record("Doliprane"), **k),
    "duplicate_class": lambda **k: proposals([item("Losartan")], on_record("Ramipril"), **k),
    "duplicate_atc4": lambda **k: proposals(
        [drug_line("Omix", "tamsulosine", "G04CA02")],
        RecordMedication("Xatral", "alfuzosine", "G04CA01"),
        **k,
    ),
    "dose_outlier": lambda **k: proposals([item("Doliprane", "1 g", take(times=5))], **k),
    "dose_child": lambda **k: proposals([item("Doliprane", "500 mg", take(times=3))], weight="10", **k),
    "dose_weekly": lambda **k: proposals([item("Novatrex", "10 mg", take())], **k),
    "dose_low": lambda **k: proposals([item("Metformine", "100 mg", take())], **k),
    "tenfold_change": lambda **k: proposals(
        [item("Amlodipine", "50 mg", take())], on_record("Amlodipine", "5 mg"), **k
    ),
    "tenfold_neighbour": lambda **k: proposals([item("Doliprane", "1 g")], strengths=("100 mg", "1 g"), **k),
    "illegible": lambda **k: proposals([PrescriptionLine("Xq", "Xq", None)], **k),
    "cross_allergy": lambda **k: proposals(
        [drug_line("Orelox", "cefpodoxime", "J01DD13")], allergies=("pénicilline",), **k
    ),
    "cross_allergy_rare": lambda **k: proposals(
        [drug_line("Lasilix", "furosémide", "C03CA01")], allergies=("sulfamides",), **k
    ),
    "pregnancy": lambda **k: proposals([item("Naproxène")], problems=("grossesse 24 SA",), **k),
    "renal": lambda **k: proposals([item("Metformine")], problems=("insuffisance rénale chronique",), **k),
    "strength_not_marketed": lambda **k: proposals([item("Ramipril", "7 mg", take())], **k),
    "no_longer_sold": lambda **k: proposals(
        [item("Ramipril", drug=DrugCandidate(Drug("Di-Antalvic", "x", sold=False), 0.99, 0.99))], **k
    ),
    "stop_not_on_record": lambda **k: proposals([item("Ramipril", action=Action.STOP)], **k),
    "dangerous_notation": lambda **k: proposals([item("Ramipril", doubts=("dangerous-notation",))], **k),
    "look_alike": lambda **k: proposals([item("Ramipril", doubts=("look-alike",))], **k),
    "ambiguous": lambda **k: proposals([item("Ramipril", doubts=("ambiguous",))], **k),
    "high_risk": lambda **k: proposals([item("Téralithe")], **k),
    "unchanged_renewal": lambda **k: proposals([item("Ramipril")], on_record("Ramipril"), **k),
}


def test_every_rule_has_what_a_clinician_needs_to_judge_it() -> None:
    for name, row in table("rules").items():
        assert (
            {"on", "severity", "fr", "en", "source"}
            <= set(row)
            <= {"on", "severity", "fr", "en", "source", "type"}
        )
        assert isinstance(row["on"], bool) and Severity(row["severity"]), name
        assert len(row["fr"]) > 20 and len(row["en"]) > 20 and row["source"], name
        assert set(re.findall(r"{\w+}", row["fr"])) == set(re.findall(r"{\w+}", row["en"])), name


@pytest.mark.parametrize("rule", table("rules"))
def test_every_rule_fires_and_a_rule_that_is_off_never_does(rule: str) -> None:
    assert rule in rules_of(RAISED[rule]()[0])
    off = RAISED[rule](checks=Checks(off=frozenset({rule})))
    assert all(rule not in rules_of(one) for one in off)
    others = [one for one in rules_of(RAISED[rule]()[0]) if one != rule]
    assert rules_of(off[0]) == others


@pytest.mark.parametrize("rule", table("rules"))
def test_severity_and_sentence_are_the_tables(rule: str) -> None:
    found = only(RAISED[rule]()[0], rule)
    assert found.severity is Severity(table("rules")[rule]["severity"])
    assert "{" not in found.detail + found.detail_en and found.source


def test_flags_stand_in_the_order_of_severity_and_table() -> None:
    (one,) = proposals(
        [item("Naproxène", "550 mg", take(9), doubts=("ambiguous",))],
        on_record("Téralithe"),
        allergies=("AINS",),
    )
    shown = [rule for rule in rules_of(one) if rule != "interaction_not_evaluated"]
    assert shown == ["allergy", "interaction_discouraged", "dose_outlier", "ambiguous"]


def test_a_quiet_rule_leaves_a_line_certain_and_a_loud_one_does_not() -> None:
    line = item("Amlodipine", "5 mg", take())
    quiet = proposals([line], on_record("Inconnu"))[0]
    assert "interaction_not_evaluated" in rules_of(quiet) and quiet.grade is Grade.CERTAIN


def test_switches_are_kept_in_a_file_of_the_practice(tmp_path) -> None:
    path = tmp_path / "data" / "rules.toml"
    assert switched_off(path) == frozenset()
    switch(path, "high_risk", on=False)
    switch(path, "renal", on=False)
    assert switched_off(path) == {"high_risk", "renal"}
    switch(path, "renal", on=True)
    assert switched_off(path) == {"high_risk"}
    with pytest.raises(BadRules):
        switch(path, "no_such_rule", on=False)


@pytest.mark.parametrize(
    "text", ["[on]\nno_such_rule = false", "[on]\nrenal = 'no'", "on = 3", "[on", "on = []"]
)
def test_switches_that_mean_nothing_are_refused(tmp_path, text: str) -> None:
    (tmp_path / "rules.toml").write_text(text)
    with pytest.raises(BadRules):
        switched_off(tmp_path / "rules.toml")


def test_every_substance_of_the_tables_is_in_the_formulary() -> None:
    known = {
        same_substance_key(part) for row in drug_table.gp_rows() for part in row.drugs[0].substance.split("/")
    }
    listed = [row["substance"] for row in rows("dose_limits")] + list(table("weekly")["mg"])
    synonyms = {"acide valproïque"}  # the salt is what is sold
    assert [name for name in listed if same_substance_key(name) not in known and name not in synonyms] == []


def test_every_class_of_the_tables_reaches_a_drug_of_the_formulary() -> None:
    codes = [row.drugs[0].atc or "" for row in drug_table.gp_rows()]
    groups = [group["atc"] for group in table("duplicate_groups")["group"]]
    groups += [group["atc"] for group in table("high_risk")["group"]]
    groups += [row["atc"] for rule in ("pregnancy", "renal") for row in table("cautions")[rule]["drug"]]
    groups += [row["atc"] for row in table("allergy_classes").values() if isinstance(row, dict)]
    assert [group for group in groups if not any(code.startswith(tuple(group)) for code in codes)] == []


def test_doses_are_in_order_and_plausible() -> None:
    for row in rows("dose_limits"):
        most = Decimal(row["most"])
        assert most > 0
        assert not row["least"] or 0 < Decimal(row["least"]) <= most / 2 or row["least"] == row["most"], row
        assert not row["child"] or Decimal(row["child"]) < most, row
    assert len(rows("dose_limits")) >= 200


def test_pairs_and_allergy_classes_are_whole() -> None:
    interactions = table("interactions")
    for pair in interactions["pair"]:
        assert pair["one"] and pair["other"] and pair["fr"] and pair["en"]
        assert pair["level"] in interactions["level"]
    for row in table("allergy_classes").values():
        if isinstance(row, dict):
            assert row["atc"] and row["words"] and ("cross" in row) == ("why" in row)


@pytest.mark.parametrize(
    ("allergy", "drug", "rules"),
    [
        ("AINS", ("Rhinureflex", "pseudoéphédrine/ibuprofène", "R01BA52"), ["allergy"]),
        ("AINS", ("Humex rhume", "pseudoéphédrine/paracétamol", "R01BA52"), []),
        ("AINS", ("Kardégic", "acide acétylsalicylique", "B01AC06"), ["cross_allergy"]),
        ("sulfamides", ("Triméthoprime", "triméthoprime", "J01EA01"), []),
        ("Bactrim", ("Triméthoprime", "triméthoprime", "J01EA01"), ["allergy"]),
        ("codéine", ("Codoliprane", "paracétamol/codéine", "N02AJ06"), ["allergy"]),
        ("codéine", ("Topalgic", "tramadol", "N02AX02"), ["cross_allergy"]),
        ("morphine", ("Lamaline", "paracétamol/opium/caféine", "N02BE51"), ["allergy"]),
        ("morphine", ("Dextrométhorphane", "dextrométhorphane", "R05DA09"), []),
        ("IEC", ("Cozaar", "losartan", "C09CA01"), ["cross_allergy_rare"]),
        ("pollens", ("Zyrtec", "cétirizine", "R06AE07"), []),
        ("iode", ("Cordarone", "amiodarone", "C01BD01"), []),
    ],
)
def test_which_drugs_an_allergy_speaks_against(
    allergy: str, drug: tuple[str, str, str], rules: list[str]
) -> None:
    (one,) = proposals([drug_line(*drug)], allergies=(allergy,))
    assert [rule for rule in rules_of(one) if "allergy" in rule] == rules


@pytest.mark.parametrize("form", ["gélule", "comprimé", "gélule LP"])
def test_a_capsule_is_no_gel(form: str) -> None:
    (one,) = proposals([item("Kétum", form=form)], on_record("Téralithe"))
    assert "interaction_discouraged" in rules_of(one)


def test_a_weight_limits_a_childs_dose_only() -> None:
    line = item("Doliprane", "500 mg", take(times=3))
    assert "dose_child" in rules_of(proposals([line], weight="12,5")[0])
    assert "12,5 kg" in only(proposals([line], weight="12,5")[0], "dose_child").detail
    assert "12.5 kg" in only(proposals([line], weight="12,5")[0], "dose_child").detail_en
    assert "dose_child" not in rules_of(proposals([line], weight="70")[0])
    assert "dose_child" not in rules_of(proposals([line])[0])


@pytest.mark.parametrize(
    ("strength", "dose", "flagged"),
    [
        ("2,4 %", 10, True),
        ("2,4 %", 5, False),
        ("120 mg/5 mL", 10, True),
        ("24 mg/mL", 10, True),
        ("1 g", 10, False),
    ],
)
def test_a_syrup_in_millilitres_counts_by_its_concentration(strength: str, dose: int, flagged: bool) -> None:
    line = item("Doliprane", strength, take(dose, 4, unit="mL"))
    found = rules_of(proposals([line], weight="12")[0])
    assert ("dose_child" in found) == flagged
    assert "strength_not_marketed" not in found


@pytest.mark.parametrize(
    ("written", "before", "flagged"),
    [
        (item("Amlodipine", "5 mg", take(10)), on_record("Amlodipine", "5 mg", take()), True),
        (item("Amlodipine", "5 mg", take()), on_record("Amlodipine", "5 mg", take(10)), True),
        (item("Amlodipine", "10 mg", take()), on_record("Amlodipine", "5 mg", take()), False),
        (item("Amlodipine", "0,5 mg"), on_record("Amlodipine", "5 mg"), True),
        (item("Amlodipine", "50 mg"), None, False),
    ],
)
def test_a_factor_of_ten_against_the_record(
    written: PrescriptionLine, before: RecordMedication | None, flagged: bool
) -> None:
    (one,) = proposals([written], *([before] if before else []))
    assert ("tenfold_change" in rules_of(one)) == flagged


def test_a_weekly_tablet_is_known_by_its_strength() -> None:
    seventy = drug_line("Fosamax", "acide alendronique", "M05BA04", take(), strength="70 mg")
    ten = drug_line("Fosamax", "acide alendronique", "M05BA04", take(), strength="10 mg")
    assert "dose_weekly" in rules_of(proposals([seventy])[0])
    assert "dose_weekly" not in rules_of(proposals([ten])[0])


def test_two_strong_opioids_or_antiplatelets_are_meant() -> None:
    aspirin = drug_line("Kardégic", "acide acétylsalicylique", "B01AC06")
    assert "duplicate_atc4" not in rules_of(proposals([aspirin], on_record("Clopidogrel"))[0])


def test_an_old_pregnancy_is_none() -> None:
    (one,) = proposals([item("Naproxène")], problems=("ATCD : 2 grossesses",))
    assert "pregnancy" not in rules_of(one)


def test_names_that_look_alike_show_what_differs() -> None:
    assert side_by_side("Clamoxyl", ["Laroxyl"]) == ("CLAMoxyl", ["LARoxyl"])
    assert side_by_side("Lamictal", ["Lamisil"]) == ("LamiCTAl", ["LamiSIl"])
    assert side_by_side("Tramadol LP", ["Tramadol"]) == ("Tramadol LP", ["Tramadol"])
    assert side_by_side("Xanax", ["Zyrtec"]) == ("Xanax", ["Zyrtec"])
    assert side_by_side("Xanax", []) == ("Xanax", [])


class TestThesaurus:
    checks = Checks(thesaurus=THESAURUS)

    def pair(self, one: tuple[str, str | None], other: tuple[str, str | None]) -> Proposal:
        record = RecordMedication(other[0], other[0], other[1])
        return proposals([drug_line(one[0], *one)], record, checks=self.checks)[0]

    def test_our_own_pair_comes_first_and_the_edition_is_named_otherwise(self) -> None:
        own = proposals([item("Ramipril")], on_record("Téralithe"), checks=self.checks)[0]
        assert "surdosage" in only(own, "interaction_discouraged").detail
        other = self.pair(("lithium", None), ("ramipril", None))
        assert only(other, "interaction_discouraged").source == "thésaurus ANSM, 20/10/2020"

    def test_a_salt_and_a_slow_form_are_the_substance(self) -> None:
        assert (
            THESAURUS.names_of("Chlorure de potassium LP") == THESAURUS.names_of("potassium") != frozenset()
        )

    def test_a_contra_indication_in_some_case_interrupts_and_says_so(self) -> None:
        found = only(self.pair(("ramipril", None), ("potassium", None)), "interaction_contraindicated")
        assert found.detail.startswith("Contre-indication ou précaution d'emploi, selon le cas")
        assert found.detail_en.startswith("Contra-indicated or precaution, depending on the case")

    def test_what_holds_in_a_state_only_stays_quiet(self) -> None:
        found = self.pair(("acébutolol", None), ("clonidine", None))
        assert "interaction_quiet" in rules_of(found) and "interaction_discouraged" not in rules_of(found)

    def test_a_reviewed_case_replaces_the_level_unless_its_exception_is_in_play(self) -> None:
        assert "interaction_quiet" in rules_of(self.pair(("morphine", None), ("hydroxyzine", None)))
        assert "interaction_contraindicated" in rules_of(
            self.pair(("morphine", None), ("oxybate de sodium", None))
        )

    def test_what_it_does_not_know_is_not_evaluated_never_harmless(self) -> None:
        found = self.pair(("empagliflozine", "A10BK03"), ("lithium", "N05AN01"))
        assert "empagliflozine" in only(found, "interaction_not_evaluated").detail
        assert "20/10/2020" in only(found, "interaction_not_evaluated").source
        assert "interaction_not_evaluated" not in rules_of(self.pair(("ramipril", None), ("lithium", None)))

    def test_a_cream_is_not_looked_up(self) -> None:
        cream = drug_line("X", "lithium", "D11AX04")
        found = proposals([cream], on_record("Ramipril"), checks=self.checks)[0]
        assert [rule for rule in rules_of(found) if rule.startswith("interaction")] == []

    def test_a_substance_has_no_interaction_with_itself(self) -> None:
        assert THESAURUS.of("ramipril", "Ramipril") == ()


def test_what_nobody_knows_is_said_once_a_page() -> None:
    page = proposals([item("Inconnu"), item("Naproxène")], on_record("Ramipril"))
    assert [rules_of(one).count("interaction_not_evaluated") for one in page] == [1, 0]
    assert "interaction_not_evaluated" not in rules_of(proposals([item("Inconnu")])[0])


def test_a_flag_rests_on_the_ink_of_both_lines_that_it_is_about() -> None:
    one, other = (Evidence("a-1", place, Quad.of_box(Box(0, place, 9, 9)), "x") for place in (3, 4))
    page = proposals([item("Naproxène", evidence=(one,)), item("Téralithe", evidence=(other,))])
    assert only(page[0], "interaction_discouraged").evidence == (one, other)
    (alone,) = proposals([item("Naproxène", evidence=(one,))], on_record("Téralithe"))
    assert only(alone, "interaction_discouraged").evidence == (one,)
