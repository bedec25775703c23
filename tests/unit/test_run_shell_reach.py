"""Machines that a command line names, and what it does that no diff shows."""

from __future__ import annotations

import pytest

from reviewer.run.shell.command_line import analyse


@pytest.mark.parametrize(
    ("line", "hosts"),
    [
        ("curl -s -H 'A: b' https://u:p@Api.X.io:8443/v1?q=1", (("api.x.io", "curl"),)),
        ("curl localhost:3000/x", (("localhost", "curl"),)),
        ("wget -O f.zip http://a.b/c.zip", (("a.b", "wget"),)),
        ("git clone git@github.com:a/b.git", (("github.com", "git clone"),)),
        ("git push https://tok@git.example.com/x.git", (("git.example.com", "git push"),)),
        ("git push origin main", ()),
        ("ssh -p 22 -i k u@h.example ls", (("h.example", "ssh"),)),
        ("scp a u@h.example:/b", (("h.example", "scp"),)),
        ("pip install -i https://pypi.example/simple foo", (("pypi.example", "pip"),)),
        ("npm --registry https://r.x/ ci", (("r.x", "npm"),)),
        ("docker pull ghcr.io/a/b:1", (("ghcr.io", "docker pull"),)),
        ("docker login registry.example.com", (("registry.example.com", "docker login"),)),
        ("docker run ubuntu:22.04 ls", ()),
        ("nc -z 10.0.0.1 80", (("10.0.0.1", "nc"),)),
        ("psql -h db.local -c 'select 1'", (("db.local", "psql"),)),
        ("psql postgres://u:p@db.x/y", (("db.x", "psql"),)),
        ("redis-cli -h cache.x ping", (("cache.x", "redis-cli"),)),
        ("gh pr view 1", (("github.com", "gh"),)),
        ("Invoke-WebRequest -Uri http://x.io/a", (("x.io", "invoke-webrequest"),)),
        ("python -c \"import requests; requests.get('https://a.b/c')\"", (("a.b", "python"),)),
        ("python -c \"print('https://a.b/c')\"", ()),
        ("curl 'http://[::1]:80/'", (("::1", "curl"),)),
        ("echo https://a.b", ()),
    ],
)
def test_machines(line: str, hosts: tuple[tuple[str, str], ...]) -> None:
    assert analyse(line).hosts == hosts


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("pip install x; python -m pip install y; uv add z; uv pip install w", ["install"] * 4),
        ("npm ci && yarn && cargo add x && go get y && apt-get install -y z && brew install w", ["install"] * 6),
        ("pip list; npm run build; npm test; uv run pytest; cargo build; go mod tidy", []),
        ("git push; npm publish; twine upload d/*; docker push a; gh pr create; gh release create v1", ["push"] * 6),
        (
            "python manage.py migrate; alembic upgrade head; npx prisma migrate deploy; rails db:migrate",
            ["migration"] * 4,
        ),
        ("psql -c 'DROP TABLE a'; psql -f x.sql; psql -c 'select 1'", ["migration"] * 2),
        (
            "docker compose up -d; docker run a; kubectl apply -f x; terraform apply; helm install a b",
            ["container"] * 5,
        ),
        ("docker ps; kubectl get pods; terraform plan; docker compose logs", []),
        ("curl -X POST http://a; curl -d @f http://a; curl http://a; curl -XDELETE http://a", ["network_write"] * 3),
        ("gh api -X PUT a; gh api a; gh issue comment 1; gh issue list; aws s3 cp a s3://b", ["network_write"] * 3),
        ("Invoke-RestMethod -Method Post -Uri http://a", ["network_write"]),
        ("systemctl restart x; service x start; crontab f; crontab -l; systemctl status x", ["service"] * 3),
        ("kill -9 1; pkill node; npm run dev &", ["process"] * 3),
        ("nohup python a.py", ["process"]),
        ("git commit -m x; git stash; git reset --hard; git checkout -b y; git tag v1; git rebase main", ["git"] * 6),
        ("git config --global a b; git checkout main", ["git"] * 2),
        ("git status; git diff; git log; git stash list; git tag; git branch -a; git config a; git checkout -- f", []),
        ("pip install --help; npm publish --dry-run", []),
    ],
)
def test_effects_outside_the_diff(line: str, kinds: list[str]) -> None:
    assert [what for what, _ in analyse(line).effects] == kinds


def test_an_effect_comes_with_its_words() -> None:
    assert analyse("cd x && sudo pip install -q a").effects == (("install", "pip install -q a"),)


@pytest.mark.parametrize(
    ("line", "commits"),
    [
        ("git add . && git commit -qm x", True),
        ("git -C a commit --amend", True),
        ("git revert HEAD", True),
        ("git commit --dry-run", False),
        ("git log", False),
        ("echo git commit", False),
    ],
)
def test_commits(line: str, commits: bool) -> None:  # noqa: FBT001 - a table's column
    assert analyse(line).commits is commits
