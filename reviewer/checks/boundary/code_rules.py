"""Calls that let data become code, a command, a statement, an object or a path."""

from __future__ import annotations

import re

from reviewer.checks.boundary.call_rules import (
    ANY,
    GO,
    JAVA,
    REQUEST,
    RUBY,
    RUST,
    SCRIPT,
    CallRule,
    always,
    backticks,
    first,
    has,
    is_open,
    joined_input,
    shell_text,
    sql,
)
from reviewer.checks.boundary.call_rules import make as _rule
from reviewer.checks.boundary.forms import Call, is_built, is_text, short

_RUNS = "A command put together at run time runs through a shell."
_TLS = "The other side's certificate is not checked."
_EVAL = "Text is run as code."
_HTML = "HTML is set from a value without escaping."
_OBJECTS = "Data decides which objects are made."
RULES: tuple[CallRule, ...] = (
    _rule(
        "code-evaluated",
        "high",
        _EVAL,
        SCRIPT | RUBY,
        r"(?:eval|Function|runIn\w*Context)",
        holds=lambda one: any(is_open(argument) for argument in one.args[:4]),
    ),
    _rule(
        "code-evaluated",
        "high",
        _EVAL,
        RUBY,
        r"(?:instance_eval|class_eval|module_eval)",
        holds=lambda one: bool(one.args) and not is_text(one.args[0]),
    ),
    _rule(
        "code-evaluated",
        "high",
        _EVAL,
        RUBY,
        r"(?:send|public_send|constantize|const_get)",
        holds=lambda one: REQUEST.search(short(one.node)) is not None,
    ),
    _rule("code-evaluated", "high", _EVAL, JAVA, r"\w*[eE]ngine\.eval", holds=first(is_open)),
    _rule("shell-command", "high", _RUNS, SCRIPT, r"(?:exec|execSync|execAsync)", holds=first(is_built)),
    _rule("shell-command", "high", _RUNS, GO, r"exec\.Command(?:Context)?", holds=shell_text),
    _rule("shell-command", "high", _RUNS, SCRIPT, r"(?:spawn|spawnSync|execFile|execFileSync)", holds=shell_text),
    _rule(
        "shell-command",
        "high",
        "A command is started through a shell.",
        SCRIPT,
        r"(?:spawn|spawnSync|execFile|execFileSync|execa)",
        holds=has(r"\bshell\s*:\s*true"),
    ),
    _rule("shell-command", "high", _RUNS, JAVA, r"getRuntime\(\)\.exec", holds=first(is_built)),
    _rule(
        "shell-command",
        "medium",
        "A command is started from text.",
        JAVA,
        r"getRuntime\(\)\.exec",
        holds=first(lambda node: node.type == "identifier"),
    ),
    _rule("shell-command", "high", _RUNS, JAVA, r"ProcessBuilder", holds=shell_text),
    _rule(
        "shell-command",
        "high",
        _RUNS,
        RUBY,
        r"(?:system|exec|popen|popen3|capture2e?|capture3|spawn|`)",
        holds=lambda one: (
            backticks(one)
            if one.name == "`"
            else bool(one.args) and is_built(one.args[0]) and "shellescape" not in short(one.node)
        ),
    ),
    _rule(
        "shell-command",
        "high",
        _RUNS,
        RUST,
        r"arg",
        holds=lambda one: (
            bool(one.args)
            and is_built(one.args[0])
            and re.search(r"Command::new\(\"(?:ba)?sh\"\)\.arg\(\"-c\"\)", one.name) is not None
        ),
    ),
    _rule(
        "sql-built",
        "high",
        "A statement in SQL is put together from text and values.",
        ANY,
        r"(?i:\$?(?:query|execute|exec|raw|prepare|run|all|get|find_by_sql|where|order|select_all|literal|unsafe)\w*|createNativeQuery|createQuery|update|queryForObject|queryForList)",
        holds=sql,
    ),
    _rule(
        "sql-built",
        "high",
        "A condition in SQL is put together from text and values.",
        RUBY,
        r"(?:where|having|order|pluck|find_by_sql|execute|joins|group|delete_all|exists\?)",
        holds=lambda one: bool(one.args) and is_built(one.args[0]),
    ),
    _rule(
        "unsafe-deserialisation",
        "high",
        _OBJECTS,
        RUBY,
        r"(?:YAML|Psych)\.(?:load|unsafe_load|load_stream)",
        holds=lambda one: bool(one.args) and not is_text(one.args[0]),
    ),
    _rule("unsafe-deserialisation", "high", _OBJECTS, RUBY, r"Marshal\.(?:load|restore)", holds=always),
    _rule("unsafe-deserialisation", "high", _OBJECTS, JAVA, r"(?:ObjectInputStream|XMLDecoder|XStream)", holds=always),
    _rule(
        "unsafe-deserialisation",
        "high",
        _OBJECTS,
        SCRIPT,
        r"(?:unserialize|serialize\.unserialize|v8\.deserialize)",
        holds=always,
    ),
    _rule(
        "outside-input",
        "high",
        "A path is put together from what a request says.",
        SCRIPT,
        r"(?:path\.(?:join|resolve)|sendFile|readFile\w*|createReadStream|writeFile\w*|unlink\w*|rm\w*)",
        holds=joined_input,
    ),
    _rule(
        "outside-input",
        "high",
        "A path is put together from what a request says.",
        GO,
        r"(?:filepath\.Join|path\.Join|os\.(?:Open\w*|ReadFile|WriteFile|Remove\w*|Create)|http\.ServeFile)",
        holds=lambda one: joined_input(
            Call(one.name, one.args[2:] if one.name.endswith("ServeFile") else one.args, one.node)
        ),
    ),
    _rule(
        "outside-input",
        "high",
        "A path is put together from what a request says.",
        JAVA,
        r"(?:File|FileInputStream|FileReader|Paths\.get|Path\.of|resolve)",
        holds=joined_input,
    ),
    _rule(
        "outside-input",
        "high",
        "A path is put together from what a request says.",
        RUBY,
        r"(?:File\.(?:join|read|open|new|expand_path|delete)|send_file|IO\.read)",
        holds=joined_input,
    ),
    _rule(
        "outside-input",
        "medium",
        "Where the user is sent is what a request says.",
        SCRIPT | RUBY | GO | JAVA,
        r"(?:redirect|redirect_to|sendRedirect|Redirect)",
        holds=lambda one: (
            REQUEST.search(" ".join(short(argument) for argument in one.args[-2:])) is not None
            and not re.search(r"\b(?:path|baseUrl|originalUrl|URL\.Path|URL\.String|RequestURI)\b", short(one.node))
        ),
    ),
    _rule(
        "outside-input",
        "high",
        "Which address is fetched is what a request says.",
        SCRIPT | GO | RUBY,
        r"(?:fetch|axios(?:\.\w+)?|got(?:\.\w+)?|http\.Get|Net::HTTP\.get|URI\.open|HTTParty\.get)",
        holds=lambda one: bool(one.args) and REQUEST.search(short(one.args[0])) is not None,
    ),
    _rule("input-unfiltered", "medium", "Every parameter of a request is taken over.", RUBY, r"permit!", holds=always),
    _rule("unsafe-code", "medium", "Values are read past the type checks.", GO, r"unsafe\.Pointer", holds=always),
)
