# SPDX-License-Identifier: MIT
"""Releases and git commits (the behaviour's sections 4.3, 9.3 and 10.1): what is answered, what is
refused in which order, and what is found again rather than made. Refused means that nothing has
changed, which world.py looks at."""

from concurrent import futures

import harness
import world
from harness import VERSIONS

START = "2026-01-01T12:00:00Z"
STANDING = ("--log", "off", "--clock", START)
SCHEMAS = ["cfg_sch_m", "cfg_sch_l"]
SHA = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0"
ORIGIN = "https://github.com/robot1/robot1.git"

RELEASES = ("POST", "/releases")
COMMITS = ("POST", "/git_commits")


def release(version="v9.0.0", schemas=SCHEMAS, **more):
    """The body of a new release."""
    return {"version": version, "config_schema_ids": list(schemas), **more}


def commit(origin=ORIGIN, sha=SHA, message="a change"):
    return {"sha": sha, "message": message, "origin": origin}


def with_more(**more):
    """The world of deployments, and more of it."""
    return {array: [*world.WORLD.get(array, []), *more.get(array, [])]
            for array in {**world.WORLD, **more}}


def a_type(name, *filepaths, archived=None):
    """A config type and a schema of it with a slot for each of the files."""
    slots = [{"key": f"slot-{n}", "filepath": path, "required": n == 0}
             for n, path in enumerate(filepaths)]
    return ({"id": f"cfg_typ_{name}", "name": name, "slug": name, "archived_at": archived},
            {"id": f"cfg_sch_{name}", "digest": name, "config_type_id": f"cfg_typ_{name}",
             **({"instance_slots": slots} if slots else {})})


class CreateRelease(world.TestCase):
    options = STANDING

    def test_answer(self):
        found = self.call(*RELEASES, release())
        id = found["id"]
        self.assertRegex(id, r"^rls_[1-9A-HJ-NP-Za-km-z]{33}$")
        self.assertEqual(found, {"object": "release", "id": id, "version": "v9.0.0",
                                 "git_commit_id": None, "created_at": START, "updated_at": START})
        for version in VERSIONS:
            self.assertEqual(self.call("GET", f"/releases/{id}", version=version), found)
        self.assertEqual(self.call("GET", "/releases?version=v9.0.0")["data"], [found])

    def test_versions(self):
        for version in VERSIONS:
            found = self.call("POST", "/releases?expand=config_schemas", release(version[:10]),
                              version=version)
            self.assertEqual(found, self.call("GET", f"/releases/{found['id']}"
                                              "?expand=config_schemas", version=version))

    def test_order_of_schemas(self):
        """Is as it was given, whatever they are expanded with."""
        for n, schemas in enumerate((SCHEMAS, SCHEMAS[::-1], SCHEMAS[:1], SCHEMAS[1:])):
            found = self.call("POST", "/releases?expand=config_schemas.config_type",
                              release(f"v{n + 10}", schemas))
            self.assertEqual([s["id"] for s in found["config_schemas"]], schemas)
            self.assertEqual([s["config_type"]["id"] for s in found["config_schemas"]],
                             [s["config_type_id"] for s in found["config_schemas"]])

    def test_many_schemas(self):
        types, schemas = zip(*(a_type(f"t{n}") for n in range(300)))
        self.start(*STANDING, world=with_more(config_types=types, config_schemas=schemas))
        ids = [schema["id"] for schema in schemas][::-1]
        found = self.call("POST", "/releases?expand=config_schemas", release(schemas=ids))
        self.assertEqual([s["id"] for s in found["config_schemas"]], ids)
        self.refused(*RELEASES, release("v10", [*ids, *SCHEMAS, ids[7]]), 400,
                     "invalid_release_config_schemas", f"names '{ids[7]}' twice")

    def test_it_can_be_deployed(self):
        id = self.call(*RELEASES, release())["id"]
        self.assertEqual(self.state(self.create("deployed", release=id,
                                                instances=world.INSTANCES)),
                         "deployed/deployed/none")
        self.refused("POST", "/deployments", world.body(release=id), 400,
                     "invalid_deployment_config_instances")

    def test_version_forms(self):
        for version in (
                "3", "v3", "3.0", "v3.0.0", "3.0.0.0.0", "v03.00.1", "3.0.0-rc.1", "3.0.0+build.5",
                "v3.0.0-rc.1+b-5.x", "3-0", "3.0.0--", "2026.08.17", "v" + "9" * 300):
            self.assertEqual(self.call(*RELEASES, release(version))["version"], version)
        for version in ("", "v", "V2", "vv2", "v.2", "2.", ".2", "2..0", "2.x", "2.0.0-", "2.0.0+",
                        "2.0.0-a..b", "2.0.0+a+b", "2.0.0-a_b", "2 ", " 2", "2\n", "latest", "２",
                        "2.0.0-é", "-1", 2, 2.0, None, True, ["v2"], {"v": 2}):
            self.refused(*RELEASES, release(version), 400, "invalid_request",
                         "version: expected a version such as v1.2.3",
                         params={"field": "version"})

    def test_like_another_s_version(self):
        """Versions are compared as they are written."""
        self.call(*RELEASES, release("1"))
        self.call(*RELEASES, release("v1.0"))
        self.call(*RELEASES, release("v1.0.0+a"))
        self.call(*RELEASES, release("v1.0.0+A"))

    def test_unknown_fields_are_passed_over(self):
        found = self.call(*RELEASES, {**release(), "id": "rls_1", "archived_at": START,
                                      "git_commit_id": "git_cmt_no"})
        self.assertNotEqual(found["id"], "rls_1")
        self.assertIsNone(found["git_commit_id"])


class ReleaseRefused(world.TestCase):
    def refuse(self, given, *how, **more):
        self.refused(*RELEASES, given, *how, **more)

    def test_body(self):
        for field in ("version", "config_schema_ids"):
            given = {k: v for k, v in release().items() if k != field}
            self.refuse(given, 400, "invalid_request", f"{field} is required",
                        params={"field": field})
        for given, field, *words in (
                (release(schemas=[]), "config_schema_ids", "a list of ids, at least one, found []"),
                ({**release(), "config_schema_ids": None}, "config_schema_ids", "found null"),
                ({**release(), "config_schema_ids": "cfg_sch_m"}, "config_schema_ids", "a list"),
                ({**release(), "config_schema_ids": {"0": "cfg_sch_m"}}, "config_schema_ids"),
                (release(schemas=["cfg_sch_m", 7]), "config_schema_ids[1]", "an id, found 7"),
                (release(schemas=[None]), "config_schema_ids[0]", "an id, found null"),
                (release(schemas=[["cfg_sch_m"]]), "config_schema_ids[0]", "an id"),
                (release(git_commit_ref="x"), "git_commit_ref", "expected an object"),
                (release(git_commit_ref=[]), "git_commit_ref", "expected an object"),
                (release(git_commit_ref={"id": 5}), "git_commit_ref.id",
                 "the id of a git commit, found 5"),
                (release(git_commit_ref={"sha": 5}), "git_commit_ref.sha", "a text, found 5")):
            with self.subTest(given=given):
                self.refuse(given, 400, "invalid_request", *words, params={"field": field})
        for given in (b"", b"[]", b"{", b"null"):
            self.refuse(given, 400, "invalid_request", params={})

    def test_unknown_schemas(self):
        """The first of them, in the order given; whatever is no id is one that nobody has."""
        for schemas, missing in ((["no"], "no"), (["cfg_sch_m", "no"], "no"), ([""], ""),
                                 (["no_2", "no_1"], "no_2"), (["no", "no"], "no"),
                                 (["cfg_sch_m", "cfg_sch_m", "a'b"], "a'b"), (["é"], "é"),
                                 (["cfg_typ_m"], "cfg_typ_m"), (["cfg_sch_M"], "cfg_sch_M")):
            self.refuse(release(schemas=schemas), 404, "resource_not_found",
                        f"config_schema '{missing}' not found",
                        params={"resource_type": "config_schema", "resource_id": missing,
                                "field": "config_schema_ids"})

    def test_a_schema_twice(self):
        for schemas, twice in ((["cfg_sch_m", "cfg_sch_m"], "cfg_sch_m"),
                               (["cfg_sch_l", "cfg_sch_m", "cfg_sch_l"], "cfg_sch_l"),
                               ([*SCHEMAS, *SCHEMAS[::-1]], "cfg_sch_m")):
            self.refuse(release(schemas=schemas), 400, "invalid_release_config_schemas",
                        f"config_schema_ids: names '{twice}' twice",
                        params={"field": "config_schema_ids"})

    def test_two_schemas_of_a_type(self):
        self.refuse(release(schemas=["cfg_sch_m", "cfg_sch_l", "cfg_sch_m2"]), 400,
                    "invalid_release_config_schemas", "several are of the config type 'cfg_typ_m'",
                    params={"field": "config_schema_ids"})

    def test_archived_types(self):
        types, schemas = zip(a_type("x", archived=START), a_type("y", archived=START),
                             a_type("z"))
        self.start(*self.options, world=with_more(config_types=types, config_schemas=schemas))
        for given, type in ((["cfg_sch_x"], "x"), (["cfg_sch_m", "cfg_sch_y"], "y"),
                            (["cfg_sch_y", "cfg_sch_x"], "y"), (["cfg_sch_x", "cfg_sch_y"], "x")):
            for version in VERSIONS:
                self.refuse(release(schemas=given), 400, "release_config_type_archived",
                            f"cannot create release: config type 'cfg_typ_{type}' is archived",
                            params={"field": "config_schema_ids"}, version=version)
        self.call(*RELEASES, release("v11", ["cfg_sch_z"]))
        self.control("PATCH", "config_types/cfg_typ_z", {"archived": True})
        self.refuse(release("v12", ["cfg_sch_z"]), 400, "release_config_type_archived")
        self.control("PATCH", "config_types/cfg_typ_z", {"archived": False})
        self.call(*RELEASES, release("v12", ["cfg_sch_z"]))

    def test_slot_files(self):
        """Are unique across the schemas of a release: the optional ones', too."""
        types, schemas = zip(a_type("x", "/x.json", "/l/secondary.json"),
                             a_type("y", "/y.json", "/x.json"), a_type("z", "/L/primary.json"))
        self.start(*self.options, world=with_more(config_types=types, config_schemas=schemas))
        for given, file in ((["cfg_sch_l", "cfg_sch_x"], "/l/secondary.json"),
                            (["cfg_sch_x", "cfg_sch_m", "cfg_sch_y"], "/x.json")):
            for version in VERSIONS:
                self.refuse(release(schemas=given), 400, "invalid_release_config_schemas",
                            f"several have a slot for the file '{file}'",
                            params={"field": "config_schema_ids"}, version=version)
        self.call(*RELEASES, release(schemas=["cfg_sch_l", "cfg_sch_y", "cfg_sch_z"]))

    def test_the_same_version(self):
        """Refused, be the other archived or not, and whatever it is of."""
        for version, other in (("v1", "rls_1"), ("v0.1", "rls_old")):
            for api in VERSIONS:
                self.refuse(release(version), 409, "duplicate_release_version",
                            f"release versions are unique; '{version}' is that of '{other}'",
                            params={"field": "version", "version": version, "resource_id": other},
                            version=api)
        self.call(*RELEASES, release())
        self.refuse(release(schemas=["cfg_sch_l"]), 409, "duplicate_release_version")

    def test_order_of_checks(self):
        """Of several offences, the one that is looked for first."""
        wrong = {"version": "v1", "config_schema_ids": ["no", "cfg_sch_x", "cfg_sch_x", "cfg_sch_m",
                                                        "cfg_sch_m2", "cfg_sch_y"],
                 "git_commit_ref": {"id": "git_cmt_no"}}
        types, schemas = zip(a_type("x", "/x.json", archived=START), a_type("y", "/x.json"),
                             a_type("z", "/x.json"))
        self.start(*self.options, world=with_more(config_types=types, config_schemas=schemas))
        for step, status, code, word in (
                ({}, 404, "resource_not_found", "'no'"),
                ({"config_schema_ids": wrong["config_schema_ids"][1:]}, 404, "resource_not_found",
                 "'git_cmt_no'"),
                ({"git_commit_ref": None}, 400, "invalid_release_config_schemas", "twice"),
                ({"config_schema_ids": wrong["config_schema_ids"][2:]}, 400,
                 "release_config_type_archived", "'cfg_typ_x'"),
                ({"config_schema_ids": ["cfg_sch_l", "cfg_sch_m", "cfg_sch_m2", "cfg_sch_y",
                                        "cfg_sch_z"]}, 400,
                 "invalid_release_config_schemas", "several are of"),
                ({"config_schema_ids": ["cfg_sch_y", "cfg_sch_z"]}, 400,
                 "invalid_release_config_schemas", "several have a slot"),
                ({"config_schema_ids": SCHEMAS}, 409, "duplicate_release_version", "'v1'")):
            with self.subTest(step=step):
                wrong.update(step)
                self.refuse(wrong, status, code, word)

    def test_at_once(self):
        """Of many with one version, one is made."""
        with futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: self.server.call(*RELEASES, release()), range(32)))
        self.assertEqual(sorted(a.status for a in answers), [200, *[409] * 31])
        self.assertEqual(len(self.call("GET", "/releases?version=v9.0.0")["data"]), 1)


class ReleaseCommit(world.TestCase):
    """git_commit_ref."""

    options = STANDING

    def commit(self, **said):
        return self.call(*COMMITS, commit(**said))["id"]

    def of(self, version, **ref):
        """The commit of a new release."""
        return self.call(*RELEASES, release(version, git_commit_ref=ref))["git_commit_id"]

    def test_by_id_and_by_sha(self):
        first, other = self.commit(), self.commit(sha="other")
        self.assertEqual(self.of("v10", id=first), first)
        self.assertEqual(self.of("v11", sha=SHA), first)
        self.assertEqual(self.of("v12", id=first, sha=None), first)
        self.assertEqual(self.of("v13", id=None, sha="other"), other)
        # The id wins, whatever the sha is of.
        self.assertEqual(self.of("v14", id=first, sha="other"), first)
        self.assertEqual(self.of("v15", id=first, sha="nobody's"), first)
        self.assertEqual(self.of("v16", id=first, sha=""), first)
        for version in VERSIONS:
            found = self.call(*RELEASES, release(f"v17+{version[:4]}.{version[11:]}",
                                                 git_commit_ref={"sha": SHA}), version=version)
            self.assertEqual(found["git_commit_id"], first)

    def test_none(self):
        for n, more in enumerate(({}, {"git_commit_ref": None})):
            found = self.call(*RELEASES, release(f"v{n + 10}", **more))
            self.assertIsNone(found["git_commit_id"])

    def test_unknown(self):
        self.commit()
        for ref, missing in (({"id": "git_cmt_no"}, "git_cmt_no"), ({"sha": "no"}, "no"),
                             ({"id": "git_cmt_no", "sha": SHA}, "git_cmt_no"), ({"id": SHA}, SHA),
                             ({"id": ""}, ""), ({"sha": ""}, ""), ({"id": "", "sha": SHA}, ""),
                             ({"sha": SHA[:7]}, SHA[:7]), ({"sha": SHA.upper()}, SHA.upper())):
            for version in VERSIONS:
                self.refused(*RELEASES, release(git_commit_ref=ref), 404, "resource_not_found",
                             f"git_commit '{missing}' not found",
                             params={"resource_type": "git_commit", "resource_id": missing,
                                     "field": "git_commit_ref"}, version=version)

    def test_empty(self):
        for ref in ({}, {"id": None}, {"sha": None}, {"id": None, "sha": None}, {"ID": "x"}):
            self.refused(*RELEASES, release(git_commit_ref=ref), 400, "invalid_request",
                         "git_commit_ref: says no git commit", params={"field": "git_commit_ref"})

    def test_one_sha_in_several_repositories(self):
        """The newest of them, which a frozen clock tells apart, too; any by its id."""
        made = [self.commit(origin=f"https://{host}/a/b") for host in
                ("gitlab.com", "github.com", "bitbucket.org")]
        self.assertEqual(self.of("v10", sha=SHA), made[-1])
        self.assertEqual(self.of("v11", id=made[0], sha=SHA), made[0])
        # What is found again is none the newer.
        self.assertEqual(self.commit(origin="https://gitlab.com/a/b"), made[0])
        self.assertEqual(self.of("v12", sha=SHA), made[-1])

    def test_one_sha_at_one_time(self):
        """Of commits that are equally new, always the same one."""
        same = {"sha": SHA, "message": "", "repository_owner": "a", "repository_name": "b",
                "repository_type": "github", "commit_url": "https://x", "created_at": START}
        self.start(*STANDING, world=with_more(git_commits=[
            {**same, "id": f"git_cmt_{id}", "repository_url": f"https://github.com/a/{name}"}
            for id, name in (("c", "2"), ("a", "3"), ("b", "1"))]))
        for n in range(3):
            self.assertEqual(self.of(f"v{n + 10}", sha=SHA), "git_cmt_a")


class Commits(world.TestCase):
    options = STANDING

    def test_answer(self):
        found = self.call(*COMMITS, commit())
        self.assertRegex(found["id"], r"^git_cmt_[1-9A-HJ-NP-Za-km-z]{33}$")
        self.assertEqual(found, {
            "object": "git_commit", "id": found["id"], "sha": SHA, "message": "a change",
            "repository_owner": "robot1", "repository_name": "robot1", "repository_type": "github",
            "repository_url": "https://github.com/robot1/robot1",
            "commit_url": f"https://github.com/robot1/robot1/commit/{SHA}", "created_at": START})
        for version in VERSIONS:
            self.assertEqual(self.call("GET", f"/git_commits/{found['id']}", version=version),
                             found)
        self.assertEqual(self.call("GET", f"/git_commits?sha={SHA}")["data"], [found])

    def test_found_again(self):
        """By the sha and the repository, however it is written; the first message stays."""
        first = self.call(*COMMITS, commit())
        self.control("POST", "clock/advance", {"seconds": 60})
        before = self.server.everything()
        for n, origin in enumerate((
                ORIGIN, "https://github.com/robot1/robot1", "git@github.com:robot1/robot1.git",
                "ssh://git@github.com/robot1/robot1", "https://token@GitHub.com/robot1/robot1/")):
            for version in VERSIONS:
                found = self.call(*COMMITS, commit(origin, message=f"message {n}"), version=version)
                self.assertEqual(found, first)
        self.assertEqual(self.server.everything(), before)

    def test_others(self):
        """Another sha, or the same one elsewhere: of another owner, name, host or case."""
        origins = ("https://github.com/robot1/robot2", "https://github.com/robot2/robot1",
                   "https://gitlab.com/robot1/robot1", "https://bitbucket.org/robot1/robot1",
                   "https://github.com/Robot1/robot1")
        made = [self.call(*COMMITS, commit())["id"],
                self.call(*COMMITS, commit(sha=SHA[:-1]))["id"],
                self.call(*COMMITS, commit(sha=SHA.upper()))["id"],
                *(self.call(*COMMITS, commit(origin))["id"] for origin in origins)]
        self.assertEqual(len(set(made)), len(made))
        self.assertEqual([c["id"] for c in self.server.everything()["git_commits"]], made)

    def test_at_once(self):
        with futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: self.server.call(*COMMITS, commit()), range(32)))
        self.assertEqual({a.status for a in answers}, {200})
        self.assertEqual(len({a.text for a in answers}), 1)
        self.assertEqual(len(self.server.everything()["git_commits"]), 1)

    def test_message(self):
        """Is cut at 2048 bytes, between two characters."""
        for n, (message, kept) in enumerate((
                ("", 0), ("a\nb\n", 4), ("x" * 2047, 2047), ("x" * 2048, 2048), ("x" * 2049, 2048),
                ("x" * 2047 + "é", 2047), ("x" * 2046 + "é", 2047), ("x" * 2046 + "éx", 2047),
                ("x" * 2044 + "🤖", 2045), ("x" * 2044 + "🤖!", 2045), ("x" * 2045 + "🤖", 2045),
                ("x" * 2046 + "🤖", 2046), ("x" * 2047 + "🤖", 2047), ("€" * 683, 682),
                ("é" * 1025, 1024), ("é" * 100000, 1024))):
            found = self.call(*COMMITS, commit(sha=f"{n}", message=message))
            self.assertEqual(found["message"], message[:kept], f"case {n}")
            self.assertEqual(self.call("GET", f"/git_commits/{found['id']}"), found)

    def test_origins(self):
        """Each host in each form, and the page of a commit there."""
        for host, type, page in (("github.com", "github", "commit"),
                                 ("gitlab.com", "gitlab", "-/commit"),
                                 ("bitbucket.org", "bitbucket", "commits")):
            url = f"https://{host}/an-owner/a.name_2"
            for n, origin in enumerate((
                    url, url + ".git", url + "/", url + ".git/",
                    url.replace("https", "http"),
                    url.replace("//", "//x-access-token:s3cret@") + ".git",
                    f"ssh://git@{host}/an-owner/a.name_2.git",
                    f"ssh://git@{host}:22/an-owner/a.name_2",
                    f"git@{host}:an-owner/a.name_2.git", f"{host}:an-owner/a.name_2")):
                with self.subTest(origin=origin):
                    found = self.call(*COMMITS, commit(origin, sha=f"{host}{n}"))
                    self.assertEqual(
                        {name: found[f"repository_{name}"]
                         for name in ("owner", "name", "type", "url")},
                        {"owner": "an-owner", "name": "a.name_2", "type": type, "url": url})
                    self.assertEqual(found["commit_url"], f"{url}/{page}/{host}{n}")

    def test_nested_groups(self):
        found = self.call(*COMMITS, commit("git@gitlab.com:a/b/c/d.git", sha="1"))
        self.assertEqual((found["repository_owner"], found["repository_name"]), ("a/b/c", "d"))
        self.assertEqual(found["commit_url"], "https://gitlab.com/a/b/c/d/-/commit/1")

    def test_body(self):
        for field in commit():
            for value, word in ((None, "found null"), (5, "found 5"), ([], "found []"),
                                ("missing", "is required")):
                given = {**commit(), field: value}
                if value == "missing":
                    del given[field]
                self.refused(*COMMITS, given, 400, "invalid_request", field, word,
                             params={"field": field})
        self.refused(*COMMITS, commit(sha=""), 400, "invalid_request", "not empty",
                     params={"field": "sha"})

    def test_unsupported_origins(self):
        for origin in ("", "x", "/srv/git/robot1.git", "file:///srv/git/robot1.git",
                       "https://example.com/a/b", "https://github.com", "https://github.com/",
                       "https://github.com/a", "https://github.com/a/", "https://github.com/a/.git",
                       "https://github.com//b", "https://github.com/a/b/c",
                       "https://bitbucket.org/a/b/c", "https://github.com/a/b?x=1",
                       "https://github.com/a/b#readme", "https://github.com/a/b c",
                       "https://github.com/a/..", "https://github.com/./b",
                       "https://notgithub.com/a/b", "https://github.com.example.com/a/b",
                       "https://github.com@example.com/a/b", "https://example.com/github.com/a/b",
                       "git@example.com:a/b", "git@github.com/a/b", "git@github.com:a",
                       "git@github.com:", "git://github.com/a/b", "ftp://github.com/a/b",
                       "https:github.com/a/b", "https:///a/b", "ssh://git@github.com", "@:a/b"):
            with self.subTest(origin=origin):
                self.refused(*COMMITS, commit(origin), 400, "invalid_request",
                             "origin: expected an https or ssh URL", "github.com",
                             params={"field": "origin"})

    def test_no_secret_is_shown(self):
        """Of an origin that is used; what is refused, its sender sees again."""
        self.call(*COMMITS, commit("https://user:s3cret@github.com/a/b"))
        self.assertNotIn("s3cret", str(self.server.everything()))


if __name__ == "__main__":
    harness.main()
