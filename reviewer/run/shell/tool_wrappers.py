"""Programs that run another program, with their options that take a value, and other names of programs.

Data.
"""

from __future__ import annotations

from reviewer.run.shell.words import names

WRAPPERS: dict[str, frozenset[str]] = {
    "env": names("-u -C -S"),
    "time": names("-f -o"),
    "timeout": names("-s -k --signal --kill-after"),
    "gtimeout": names("-s -k --signal --kill-after"),
    "sudo": names("-u -g -C -h -p --user --group"),
    "doas": names("-u"),
    "nice": names("-n"),
    "ionice": names("-c -n"),
    "nohup": frozenset(),
    "setsid": frozenset(),
    "stdbuf": names("-i -o -e"),
    "command": frozenset(),
    "builtin": frozenset(),
    "exec": names("-a"),
    "call": frozenset(),
    "caffeinate": names("-t -w"),
    "chronic": frozenset(),
    "flock": names("-w -E"),
    "xargs": names("-n -P -I -L -d -a -s"),
    "xvfb-run": names("-n -s -e"),
    "npx": names("-p --package -w --workspace --prefix"),
    "bunx": frozenset(),
    "pnpx": frozenset(),
    "cross-env": frozenset(),
    "uvx": names("--from --with -p --python"),
    "watch": names("-n"),
    "unbuffer": frozenset(),
    "faketime": frozenset(),
    "firejail": frozenset(),
    "rtk": frozenset(),
}
"""Programs that run the rest of their words, with their options that take a value."""

RUNNERS: dict[str, tuple[tuple[str, ...], ...]] = {
    "poetry": (("run",),),
    "uv": (("run",), ("tool", "run")),
    "pipenv": (("run",),),
    "pdm": (("run",),),
    "hatch": (("run",), ("env", "run")),
    "rye": (("run",),),
    "pixi": (("run",),),
    "pnpm": (("exec",), ("dlx",)),
    "yarn": (("dlx",), ("exec",)),
    "npm": (("exec",), ("x",)),
    "bun": (("x",),),
    "mise": (("exec",), ("x",)),
    "asdf": (("exec",),),
    "pyenv": (("exec",),),
    "rbenv": (("exec",),),
    "bundle": (("exec",),),
    "spring": (("rspec",),),
    "conda": (("run",),),
    "mamba": (("run",),),
    "micromamba": (("run",),),
    "dotenv": (("run",), ()),
    "doppler": (("run",),),
    "op": (("run",),),
    "pipx": (("run",),),
    "dotenvx": (("run",),),
    "nix": (("develop", "-c"), ("develop", "--command"), ("shell", "-c")),
    "direnv": (("exec", "."),),
}
RUNNER_VALUES = names(
    "--group --extra --with --python -p --package --directory --project --env-file --from -C --filter -n --name "
    "--with-requirements --only-group --workspace -w --prefix -e --env"
)
CONTAINERS = names("docker docker-compose podman nerdctl kubectl oc")
CONTAINER_VALUES = names(
    "-e --env -u --user -w --workdir -v --volume -f --file -p --publish --name --network --mount --entrypoint "
    "--env-file --platform -n --namespace -c --container --project-name --profile -m --memory --cpus"
)
ALIASES = {
    "python3": "python",
    "batcat": "bat",
    "nodejs": "node",
    "gsed": "sed",
    "gawk": "awk",
    "mawk": "awk",
    "egrep": "grep",
    "fgrep": "grep",
    "zgrep": "grep",
    "ripgrep": "rg",
    "fdfind": "fd",
    "pip3": "pip",
    "gc": "get-content",
    "sls": "select-string",
    "gci": "get-childitem",
    "ac": "add-content",
    "ni": "new-item",
    "ri": "remove-item",
    "mi": "move-item",
    "rni": "rename-item",
    "ci": "copy-item",
    "iwr": "invoke-webrequest",
    "irm": "invoke-restmethod",
    "del": "rm",
    "erase": "rm",
    "copy": "cp",
    "move": "mv",
    "ren": "rename",
    "applypatch": "apply_patch",
}
"""Other names of the same programs; those that PowerShell gives its own."""
