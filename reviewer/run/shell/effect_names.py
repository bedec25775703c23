"""Names of tools whose work no diff shows, by what it is; kinds are those of the packet.

Data. A subcommand of two words is joined with a hyphen ("compose-up").
"""

from __future__ import annotations

from typing import Literal, TypeAlias

What: TypeAlias = Literal[
    "install", "push", "migration", "container", "file_outside", "network_write", "service", "process", "git"
]


def effect(what: What, names: str) -> dict[str, What]:
    """Return the words of a text, each with the kind."""
    return dict.fromkeys(names.split(), what)


_INSTALLS = "install add i ci update upgrade remove uninstall"
BY_SUBCOMMAND: dict[str, dict[str, What]] = {
    "pip": effect("install", "install uninstall"),
    "pipx": effect("install", "install inject upgrade uninstall"),
    "uv": effect("install", "add sync remove pip-install pip-uninstall pip-sync tool-install venv python-install")
    | effect("push", "publish"),
    "poetry": effect("install", "install add update remove self") | effect("push", "publish"),
    "pipenv": effect("install", "install sync update uninstall"),
    "pdm": effect("install", "install add sync update remove") | effect("push", "publish"),
    "rye": effect("install", "sync add remove install") | effect("push", "publish"),
    "hatch": effect("push", "publish"),
    "pixi": effect("install", "install add remove update global"),
    "conda": effect("install", "install create update remove env"),
    "mamba": effect("install", "install create update remove env"),
    "npm": effect("install", f"{_INSTALLS} link dedupe un rm install-test")
    | effect("push", "publish unpublish deprecate")
    | effect("network_write", "adduser login owner dist-tag"),
    "pnpm": effect("install", f"{_INSTALLS} link dlx rm") | effect("push", "publish"),
    "yarn": effect("install", f"{_INSTALLS} link up global") | effect("push", "publish"),
    "bun": effect("install", f"{_INSTALLS} link") | effect("push", "publish"),
    "deno": effect("install", "install add") | effect("push", "publish"),
    "cargo": effect("install", "install add remove uninstall") | effect("push", "publish yank"),
    "go": effect("install", "install get"),
    "gem": effect("install", "install update uninstall") | effect("push", "push yank"),
    "bundle": effect("install", "install add update remove"),
    "bundler": effect("install", "install add update remove"),
    "composer": effect("install", "install require update remove global create-project"),
    "dotnet": effect("install", "add restore tool workload") | effect("push", "nuget-push")
    | effect("migration", "ef-database"),
    "brew": effect("install", "install upgrade uninstall tap reinstall") | effect("service", "services"),
    "apt": effect("install", "install remove upgrade purge autoremove full-upgrade"),
    "apt-get": effect("install", "install remove upgrade purge autoremove dist-upgrade build-dep"),
    "aptitude": effect("install", "install remove"),
    "dnf": effect("install", "install remove update groupinstall"),
    "yum": effect("install", "install remove update groupinstall"),
    "apk": effect("install", "add del upgrade"),
    "zypper": effect("install", "install remove"),
    "snap": effect("install", "install remove"),
    "port": effect("install", "install"),
    "choco": effect("install", "install upgrade uninstall"),
    "winget": effect("install", "install upgrade uninstall"),
    "scoop": effect("install", "install update uninstall"),
    "rustup": effect("install", "install toolchain component target update default"),
    "nvm": effect("install", "install"),
    "fnm": effect("install", "install"),
    "volta": effect("install", "install"),
    "mise": effect("install", "install use"),
    "asdf": effect("install", "install plugin"),
    "luarocks": effect("install", "install") | effect("push", "upload"),
    "opam": effect("install", "install"),
    "cabal": effect("install", "install") | effect("push", "upload"),
    "mix": effect("install", "deps.get archive.install local.hex") | effect("migration", "ecto.migrate ecto.rollback "
                                                                             "ecto.drop ecto.create ecto.reset")
    | effect("push", "hex.publish"),
    "helm": effect("container", "install upgrade uninstall rollback") | effect("push", "push"),
    "twine": effect("push", "upload"),
    "flit": effect("push", "publish"),
    "lerna": effect("push", "publish version"),
    "changeset": effect("push", "publish"),
    "vsce": effect("push", "publish"),
    "docker": effect("container", "run build start stop restart rm rmi create kill compose-up compose-down "
                     "compose-build compose-run compose-start compose-stop compose-restart compose-rm buildx volume "
                     "network system prune load import commit tag pull compose-pull")
    | effect("push", "push"),
    "docker-compose": effect("container", "up down build run start stop restart rm pull"),
    "podman": effect("container", "run build start stop restart rm rmi create kill pull volume system compose-up")
    | effect("push", "push"),
    "kubectl": effect("container", "apply create delete patch replace scale rollout set edit label annotate run expose "
                      "drain cordon cp"),
    "oc": effect("container", "apply create delete patch replace scale rollout"),
    "minikube": effect("container", "start stop delete"),
    "kind": effect("container", "create delete load"),
    "skaffold": effect("container", "run deploy dev"),
    "vagrant": effect("container", "up destroy halt"),
    "terraform": effect("container", "apply destroy import taint state"),
    "tofu": effect("container", "apply destroy import"),
    "pulumi": effect("container", "up destroy"),
    "cdk": effect("container", "deploy destroy"),
    "sam": effect("container", "deploy"),
    "serverless": effect("push", "deploy remove"),
    "vercel": effect("push", "deploy --prod"),
    "netlify": effect("push", "deploy"),
    "firebase": effect("push", "deploy"),
    "fly": effect("push", "deploy launch"),
    "flyctl": effect("push", "deploy launch"),
    "wrangler": effect("push", "deploy publish") | effect("migration", "d1-migrations"),
    "heroku": effect("push", "container:push container:release") | effect("network_write", "config:set"),
    "gcloud": effect("network_write", "deploy app run functions builds"),
    "manage.py": effect("migration", "migrate flush loaddata reset_db syncdb"),
    "django-admin": effect("migration", "migrate flush loaddata"),
    "django": effect("migration", "migrate flush loaddata"),
    "artisan": effect("migration", "migrate migrate:fresh migrate:rollback migrate:refresh db:seed db:wipe"),
    "alembic": effect("migration", "upgrade downgrade stamp"),
    "flask": effect("migration", "db-upgrade db-downgrade db-migrate"),
    "aerich": effect("migration", "upgrade downgrade"),
    "rails": effect("migration", "db:migrate db:rollback db:reset db:drop db:create db:schema:load db:seed db:setup "
                    "db:prepare"),
    "rake": effect("migration", "db:migrate db:rollback db:reset db:drop db:create db:schema:load db:seed db:setup"),
    "prisma": effect("migration", "migrate-deploy migrate-dev migrate-reset db-push db-seed db-execute"),
    "knex": effect("migration", "migrate:latest migrate:up migrate:down migrate:rollback seed:run"),
    "sequelize": effect("migration", "db:migrate db:seed db:drop db:create db:migrate:undo db:seed:all"),
    "sequelize-cli": effect("migration", "db:migrate db:seed db:drop db:create db:migrate:undo db:seed:all"),
    "typeorm": effect("migration", "migration:run migration:revert schema:sync schema:drop"),
    "drizzle-kit": effect("migration", "push migrate drop"),
    "mikro-orm": effect("migration", "migration:up migration:down schema:update"),
    "supabase": effect("migration", "db-push db-reset migration-up") | effect("container", "start stop"),
    "flyway": effect("migration", "migrate clean undo repair baseline"),
    "liquibase": effect("migration", "update rollback drop-all updateSQL"),
    "diesel": effect("migration", "migration-run migration-revert migration-redo database-reset database-setup setup"),
    "sqlx": effect("migration", "migrate-run migrate-revert database-create database-drop database-reset"),
    "goose": effect("migration", "up down redo reset"),
    "dbmate": effect("migration", "up down migrate rollback drop create"),
    "atlas": effect("migration", "migrate-apply schema-apply"),
    "dbt": effect("migration", "run seed build"),
    "hasura": effect("migration", "migrate-apply metadata-apply"),
    "systemctl": effect("service", "start stop restart reload enable disable daemon-reload mask unmask kill"),
    "launchctl": effect("service", "load unload start stop bootstrap bootout kickstart kill"),
    "supervisorctl": effect("service", "start stop restart reload update"),
    "pm2": effect("service", "start stop restart delete kill reload save startup"),
    "sc": effect("service", "start stop create delete config"),
    "net": effect("service", "start stop"),
    "aws": {},
    "ollama": effect("install", "pull create rm") | effect("push", "push"),
    "playwright": effect("install", "install install-deps"),
    "pre-commit": effect("git", "install uninstall"),
    "husky": effect("git", "install init"),
    "corepack": effect("install", "enable prepare install"),
    "git-lfs": effect("git", "install"),
}  # fmt: skip
ALONE: dict[str, What] = {
    **effect("process", "kill pkill killall taskkill stop-process start-process xkill fuser-k"),
    **effect("service", "reboot shutdown"),
    **effect("install", "npm-check-updates ncu"),
    "golang-migrate": "migration",
}
BARE_INSTALL = frozenset(("yarn", "bundle", "bundler", "pnpm"))
RUNS_SCRIPT = frozenset(("run", "exec", "x", "dlx", "test", "start", "build"))
