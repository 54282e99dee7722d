"""Who sees and does what: the teacher, the members, those who were removed, and strangers."""

import json
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest

from cf_core.classroom.record import record
from cf_core.classroom.records import TaughtClass
from cf_core.errors import (
    ConfigError,
    NotMemberError,
    NotTeacherError,
    UnknownClassError,
    UnknownDataSetError,
    UnknownRunError,
)
from cf_core.runs.run_views import shared_run
from cf_core.runs.workspace import Workspace, new_token
from cf_core.words import MOVIES
from tests.classroom.conftest import TEACHER
from tests.tiny import write_tiny_data


@pytest.fixture
def ada(join):
    return join("Ada")


def pretended(seen, key: str) -> TaughtClass:
    return TaughtClass(**vars(seen), teacher_key=key)


@pytest.mark.parametrize("control", ["end", "reopen", "remove", "open_best"])
@pytest.mark.parametrize("who", ["student", "stranger", "other teacher"])
def test_only_the_teacher_controls(classes, class_, task, seen, ada, control, who):
    keys = {"student": ada.owner, "stranger": "", "other teacher": classes.open(task, new_token()).teacher_key}
    forged = pretended(seen, keys[who])
    calls = {
        "end": lambda class_: classes.end(class_),
        "reopen": lambda class_: classes.reopen(class_),
        "remove": lambda class_: classes.remove(class_, ada.member_id),
        "open_best": lambda class_: classes.open_best(class_),
    }
    for class_held in (forged, seen):
        with pytest.raises(NotTeacherError, match="Only the teacher"):
            calls[control](class_held)
    assert classes.now(class_) == seen and classes.member_of(class_, ada.owner) == ada


def test_what_students_hold_has_neither_key_nor_tokens(classes, class_, seen, ada):
    held = [seen, classes.now(class_), *classes.classes_of_member(ada.owner), *classes.members(class_)]
    held += [classes.board(class_).rows.to_json(), classes.board(class_).best]
    for one in held:
        for secret in (class_.teacher_key, TEACHER, ada.owner):
            assert secret not in str(getattr(one, "__dict__", one))
    assert class_.teacher_key not in repr(class_) and ada.owner not in repr(ada)


def test_the_teacher_is_who_has_the_key_or_the_workspace(classes, class_, seen, ada):
    assert classes.with_key(class_.teacher_key) == class_ == classes.as_teacher(seen, TEACHER)
    assert classes.of_teacher(TEACHER) == [class_]
    for nobody in (ada.owner, new_token(), ""):
        assert classes.as_teacher(seen, nobody) is None and classes.of_teacher(nobody) == []
        with pytest.raises(UnknownClassError, match="leads to no class"):
            classes.with_key(nobody)


def test_a_member_is_who_has_the_workspace(classes, class_, ada, join):
    ben = join("Ben")
    for nobody in (replace(ada, owner=ben.owner), classes.members(class_)[0], replace(ada, class_id="", member_id="")):
        with pytest.raises(NotMemberError, match="You are not in this class"):
            classes.submit(class_, nobody, {})


def test_nobody_sees_the_run_of_another(classes, class_, ada, join, ended, workers):
    run_id = ended(ada, [0.9])
    assert Workspace(workers, ada.owner).get(run_id).run_id == run_id
    for other in (TEACHER, join("Ben").owner, new_token()):
        workspace = Workspace(workers, other)
        assert workspace.runs() == []
        for look in (workspace.get, workspace.history, workspace.live, workspace.delete, workspace.share):
            with pytest.raises(UnknownRunError):
                look(run_id)


def test_a_removed_member_is_out_and_keeps_their_runs(classes, class_, seen, ada, join, ended, workers):
    run_id, ben = ended(ada, [0.9]), join("Ben")
    classes.remove(class_, ada.member_id)
    assert classes.member_of(seen, ada.owner) is None and classes.classes_of_member(ada.owner) == []
    assert [one.nickname for one in classes.members(seen)] == ["Ben"]
    assert classes.board(seen).rows.empty and classes.board(seen).n_members == 1
    for call in (lambda: classes.submit(seen, ada, {}), lambda: classes.join(seen, "Ada", ada.owner)):
        with pytest.raises(NotMemberError, match="removed you"):
            call()
    assert Workspace(workers, ada.owner).get(run_id).run_id == run_id
    assert join("Ada").member_id != ada.member_id
    classes.remove(class_, ada.member_id)
    with pytest.raises(NotMemberError, match="no such member"):
        classes.remove(class_, "nobody")
    assert ben.nickname == "Ben"


def test_the_best_run_opens_for_the_class_once_it_has_ended(classes, class_, seen, ada, join, ended, workers):
    ben = join("Ben")
    run_id = ended(ada, [0.8])
    ended(ben, [0.9])
    for who in (ben, None):
        with pytest.raises(ConfigError, match="once the class has ended"):
            classes.open_best(class_, who)
    assert workers.store.get(run_id).share_token is None
    classes.end(class_)
    link = classes.open_best(seen, ben)
    assert link == classes.open_best(seen, ada) == classes.open_best(class_)
    assert shared_run(workers, link).run.run_id == run_id
    for nobody in (replace(ben, owner=new_token()), replace(ben, member_id="x")):
        with pytest.raises(NotMemberError):
            classes.open_best(seen, nobody)
    classes.remove(class_, ben.member_id)
    with pytest.raises(NotMemberError):
        classes.open_best(seen, ben)


def test_a_class_without_a_finished_run_has_no_best(classes, class_, ada):
    classes.end(class_)
    assert classes.open_best(class_) is None


def test_another_key_of_the_workspace_keeps_class_and_membership(classes, class_, seen, ada, ended, workers):
    run_id, new_teacher, new_student = ended(ada, [0.9]), new_token(), new_token()
    Workspace(workers, TEACHER).change_token(new_teacher)
    Workspace(workers, ada.owner).change_token(new_student)
    (taught,) = classes.of_teacher(new_teacher)
    member = classes.member_of(seen, new_student)
    assert (taught.class_id, member.member_id) == (class_.class_id, ada.member_id)
    assert classes.of_teacher(TEACHER) == [] and classes.member_of(seen, ada.owner) is None
    with pytest.raises(NotTeacherError):  # whoever saw the old workspace saw the old key
        classes.end(class_)
    with pytest.raises(NotMemberError):
        classes.submit(seen, ada, {})
    assert classes.board(seen).best[0].run_id == run_id
    classes.submit(seen, member, {})
    assert not classes.end(taught).is_open()


def test_a_data_set_of_the_teacher_goes_with_the_class(classes, task, workers, tmp_path):
    teacher = Workspace(workers, TEACHER)
    own = teacher.data_sets.add("Books", lambda folder: _tiny_into(folder))
    class_ = classes.open(replace(task, data=str(own.folder)), TEACHER)
    ada = classes.join(class_, "Ada", new_token())
    assert classes.data_set_of(class_) == own and classes.data_sets_of_member(ada.owner) == [own]
    assert classes.data_sets_of_member(new_token()) == []
    assert workers.store.get(classes.submit(class_, ada, {})).spec.data == str(own.folder)
    teacher.data_sets.delete(own.data_id)
    assert classes.data_sets_of_member(ada.owner) == []
    with pytest.raises(UnknownDataSetError, match="has deleted its data set"):
        classes.data_set_of(class_)


def test_nobody_opens_a_class_on_the_data_set_of_another(classes, task, workers):
    theirs = Workspace(workers, new_token()).data_sets.add("Books", lambda folder: _tiny_into(folder))
    with pytest.raises(UnknownDataSetError, match="of the lab or of yours"):
        classes.open(replace(task, data=str(theirs.folder)), TEACHER)


def test_a_data_set_of_the_lab_is_offered_to_all_anyway(classes, class_, ada):
    assert classes.data_set_of(class_) is None and classes.data_sets_of_member(ada.owner) == []


def test_the_record_has_all_figures_and_no_secret(classes, class_, ada, join, ended):
    ben = join("=1+1")
    ended(ada, [0.9, 0.8], n_factors=5)
    ended(ben, [0.9], outcome="diverged")
    taken = classes.board(class_)
    packed = zipfile.ZipFile(BytesIO(record(class_, taken, "Small")))
    texts = {name: packed.read(name).decode() for name in packed.namelist()}
    kept = json.loads(texts["record.json"])
    assert kept["task"]["title"] == class_.task.title and kept["task"]["data"] == "Small"
    assert kept["figures"]["members"] == 2 and kept["figures"]["runs_by_state"] == {"finished": 1, "diverged": 1}
    assert kept["best"][0]["nickname"] == "Ada" and kept["best"][0]["settings"]["n_factors"] == 5
    assert texts["board.csv"].splitlines()[1].startswith("Ada,5,") and "'=1+1" in texts["board.csv"]
    assert len(texts["board.csv"].splitlines()) == 3 and texts["best.csv"].count("\n") == 2
    for secret in (TEACHER, class_.teacher_key, class_.code, ada.owner, class_.task.data):
        assert not any(secret in text for text in texts.values())


def _tiny_into(folder):
    write_tiny_data(folder, n_items=40)
    return MOVIES
