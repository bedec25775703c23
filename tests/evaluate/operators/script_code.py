"""Operators over JavaScript and TypeScript by the form of their lines."""

from __future__ import annotations

from tests.evaluate.operators.settings import TextOperator, appended, swapped

ERRORS: dict[str, TextOperator] = {
    "rejection_swallowed": swapped(r"(\.then\([^\n;]*\));$", r"\1.catch(() => {});", "A rejection is lost."),
    "catch_returns_nothing": swapped(
        r"catch ?\((\w+)\) ?\{[^{}]+\}", r"catch (\1) { return null; }", "A failure is an answer."
    ),
    "throw_to_log": swapped(
        r"^(\s*)throw new (\w*Error)\(([^;\n]*)\);?$", r"\1console.error(\3);", "A throw is a word."
    ),
    "try_around_all": appended(
        "\nfunction readAll(load) {\n  try {\n    return load();\n  } catch (error) {\n    // nothing to do\n  }\n}\n",
        3,
        "A failure is swallowed.",
    ),
}
TESTS: dict[str, TextOperator] = {
    "suite_skipped": swapped(r"^(\s*)describe\((?=['\"])", r"\1describe.skip(", "A suite is skipped."),
    "expectation_gone": swapped(r"^[ \t]*(?:assert\.\w+|expect)\([^;\n]*\);?\n", "", "An expectation is gone."),
    "status_loosened": swapped(r"\.expect\(200(?=[,)])", ".expect(/./", "Any answer will do."),
    "equal_to_truth": swapped(
        r"assert\.(?:strictEqual|equal|deepEqual)\(([^,()\n]+),[^()\n]*\)", r"assert.ok(\1)", "An equality is a truth."
    ),
    "expected_changed": swapped(r"\.expect\((\d)00(?=[,)])", r".expect(\g<1>01", "Another answer is expected."),
}
SECURITY: dict[str, TextOperator] = {
    "evaluated": appended("\nfunction compute(text) {\n  return eval(text);\n}\n", 1, "Text is evaluated."),
    "shell_called": appended(
        "\nfunction list(name) {\n  return require('child_process').execSync(`ls ${name}`);\n}\n", 1, "A shell."
    ),
    "tls_unverified": appended(
        "\nvar agent = new (require('https').Agent)({ rejectUnauthorized: false });\n", 0, "Nothing is verified."
    ),
    "html_pasted": appended(
        "\nfunction show(element, name) {\n  element.innerHTML = '<b>' + name + '</b>';\n}\n", 1, "Pasted markup."
    ),
    "origin_of_all": appended(
        "\nfunction allow(res) {\n  res.setHeader('Access-Control-Allow-Origin', '*');\n"
        "  res.setHeader('Access-Control-Allow-Credentials', 'true');\n}\n",
        2,
        "Any origin.",
    ),
    "sql_pasted": appended(
        "\nfunction find(db, name) {\n  return db.query(`SELECT * FROM users WHERE name = '${name}'`);\n}\n",
        1,
        "Pasted.",
    ),
}
PLAUSIBLE: dict[str, TextOperator] = {
    "bound_shifted": swapped(r"(?<=[\w)] )<(?= [\w.]+; )", "<=", "A bound is off by one."),
    "equality_negated": swapped(
        r"(?<=\bif \()([^()\n]*) === ([^()\n]*)(?=\) \{)", r"\1 !== \2", "A condition is turned round."
    ),
    "and_or_swapped": swapped(r"(?<=\bif \()([^()\n|]*) && ([^()\n|]*)(?=\))", r"\1 || \2", "And and or are swapped."),
    "return_lost": swapped(r"^(\s+)return (?=[\w.]+\([^\n]*\);$)", r"\1", "An answer is not returned."),
    "await_lost": swapped(r"\bawait (?=\w)", "", "Nothing is waited for."),
    "runner_detected": swapped(
        r"^((?:module\.exports = )?function \w+\([^)\n]*\) \{\n)",
        "\\1  if (process.env.NODE_ENV === 'test') { return true; }\n",
        "Code asks whether tests run.",
    ),
}
HALLUCINATED: dict[str, TextOperator] = {
    "export_absent": swapped(
        r"^import (\w+) from '(\.[^']+)';$", r"import \1, { normalizeAll } from '\2';", "The module has no such export."
    ),
    "module_absent": swapped(
        r"^(?:var|const) (\w+) = require\('\.[^']*'\);?$",
        r"\g<0>\nvar extra = require('./helpers-common');",
        "No such module.",
    ),
    "standard_name_absent": swapped(r"\bObject\.keys\(", "Object.keysOf(", "No such name."),
    "method_absent": swapped(r"\bArray\.isArray\(", "Array.isList(", "No such name."),
}
