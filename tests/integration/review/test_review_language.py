"""An English screen says the posology in English; the record's French words stand beside it, unchanged."""


def test_the_posology_is_english_on_screen_and_french_in_the_record(practice, visitor):
    house, pages = practice
    path = f"/pages/{pages['match']}"
    doctor = visitor("trevarin")
    french = doctor.get(path).text
    assert "1 comprimé le matin et le soir pendant 7 jours" in french and "Au dossier :" not in french
    house.store.people.set_language("trevarin", "en")
    english = doctor.get(path).text
    assert '<p class="posology">1 tablet in the morning and in the evening for 7 days</p>' in english
    assert "1 tablet if needed for pain at most 3 times a day" in english
    assert '<q lang="fr">1 comprimé le matin et le soir pendant 7 jours</q>' in english
    # What is amended is typed, and kept, in French.
    assert 'name="posology" value="1 comprimé le matin et le soir pendant 7 jours" lang="fr"' in english
    item = f"{pages['match']}-P1-0"
    doctor.post(f"{path}/items/{item}/accept", {"seen": "0"})
    (approved,) = house.store.review.approved()
    assert house.render(approved.payload.posologies) == "1 comprimé le matin et le soir pendant 7 jours"


def test_what_is_typed_is_said_back_in_the_screens_language(practice, visitor):
    house, _ = practice
    house.store.people.set_language("trevarin", "en")
    doctor = visitor("trevarin")
    answer = doctor.post("/typing/posology", {"posology": "2 gél au coucher 5j"})
    assert "2 capsules at bedtime for 5 days" in answer.text
