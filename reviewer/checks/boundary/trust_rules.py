"""Calls that take away a check of who or what is trusted: certificates, tokens, origins, ciphers, rights."""

from __future__ import annotations

import re

from reviewer.checks.boundary.call_rules import ANY, GO, JAVA, RUBY, RUST, SCRIPT, CallRule, always, first, has, is_open
from reviewer.checks.boundary.call_rules import make as _rule
from reviewer.checks.boundary.forms import is_text, short

_RUNS = "A command put together at run time runs through a shell."
_TLS = "The other side's certificate is not checked."
_EVAL = "Text is run as code."
_HTML = "HTML is set from a value without escaping."
_OBJECTS = "Data decides which objects are made."
RULES: tuple[CallRule, ...] = (
    _rule("tls-check-off", "high", _TLS, RUST, r"danger_accept_invalid_(?:certs|hostnames)", holds=has(r"^true$")),
    _rule(
        "tls-check-off",
        "high",
        "The other side's host name is not checked.",
        JAVA,
        r"(?:setHostnameVerifier|hostnameVerifier|setDefaultHostnameVerifier|setSSLHostnameVerifier)",
        holds=has(r"->\s*true|Noop|ALLOW_ALL|return true"),
    ),
    _rule("host-key-check-off", "high", "Unknown host keys are accepted.", GO, r"InsecureIgnoreHostKey", holds=always),
    _rule(
        "signature-check-off",
        "high",
        "A token is read without checking its signature.",
        GO | RUST,
        r"(?:ParseUnverified|dangerous_insecure_decode\w*|insecure_disable_signature_validation|insecure_decode)",
        holds=always,
    ),
    _rule(
        "signature-check-off",
        "high",
        "A token is read without checking its signature.",
        RUBY,
        r"JWT\.decode",
        holds=lambda one: len(one.args) > 2 and short(one.args[2]) == "false",
    ),
    _rule(
        "signature-check-off",
        "high",
        "A token is read without checking its signature.",
        SCRIPT,
        r"(?:jwt|jsonwebtoken|JWT)\.decode",
        holds=always,
    ),
    _rule(
        "signature-check-off",
        "high",
        "A token is read without checking its signature.",
        JAVA,
        r"(?:parseClaimsJwt|parsePlaintextJwt|unsecured)",
        holds=always,
    ),
    _rule(
        "weak-hash",
        "low",
        "A weak hash is used.",
        SCRIPT,
        r"createHash",
        holds=has(r"(?i)^['\"](?:md5|sha1|md4)['\"]$"),
    ),
    _rule("weak-hash", "low", "A weak hash is used.", GO, r"(?:md5|sha1)\.(?:New|Sum)", holds=always),
    _rule(
        "weak-hash",
        "low",
        "A weak hash is used.",
        JAVA,
        r"(?:MessageDigest\.getInstance|DigestUtils\.(?:md5|sha1)\w*)",
        holds=lambda one: "DigestUtils" in one.name or has(r"(?i)^\"(?:md5|md2|sha-?1)\"$")(one),
    ),
    _rule("weak-hash", "low", "A weak hash is used.", RUBY, r"Digest::(?:MD5|SHA1)\.\w+", holds=always),
    _rule("weak-hash", "low", "A weak hash is used.", RUST, r"(?:md5::compute|Md5::new|Sha1::new)", holds=always),
    _rule(
        "weak-cipher",
        "high",
        "A weak cipher or mode is used.",
        SCRIPT | JAVA | RUBY,
        r"(?:createCipher(?:iv)?|createDecipher|Cipher\.getInstance|OpenSSL::Cipher\.new)",
        holds=has(r"(?i)^['\"](?:des|rc4|rc2|[^'\"]*ecb|aes['\"])"),
    ),
    _rule(
        "weak-cipher",
        "high",
        "A weak cipher or mode is used.",
        SCRIPT,
        r"(?:createCipher|createDecipher)",
        holds=always,
    ),
    _rule("weak-cipher", "high", "A weak cipher is used.", GO, r"(?:des\.New\w*Cipher|rc4\.NewCipher)", holds=always),
    _rule(
        "escaping-off",
        "medium",
        _HTML,
        SCRIPT,
        r"(?:insertAdjacentHTML|document\.write(?:ln)?|bypassSecurityTrust\w+)",
        holds=lambda one: bool(one.args) and not is_text(one.args[-1]) and "sanitize" not in short(one.args[-1]),
    ),
    _rule(
        "escaping-off",
        "medium",
        "A value is marked as safe HTML.",
        GO,
        r"template\.(?:HTML|JS|URL|HTMLAttr)",
        holds=first(is_open),
    ),
    _rule(
        "escaping-off",
        "medium",
        "A value is marked as safe HTML.",
        RUBY,
        r"(?:html_safe|raw)",
        holds=lambda one: (
            (one.name.endswith(".html_safe") and not one.name.startswith(("'", '"')))
            or (one.name == "raw" and bool(one.args))
        ),
    ),
    _rule(
        "cors-open",
        "medium",
        "Every origin is allowed.",
        ANY,
        r"(?i:(?:set|header|setHeader|add|append|addHeader|insert))",
        holds=lambda one: (
            len(one.args) > 1
            and "access-control-allow-origin" in short(one.args[0]).lower()
            and short(one.args[1]).strip("'\"") == "*"
        ),
    ),
    _rule(
        "cors-open",
        "high",
        "Any origin that asks is allowed.",
        ANY,
        r"(?i:(?:set|header|setHeader|add|append|addHeader))",
        holds=lambda one: (
            len(one.args) > 1
            and "access-control-allow-origin" in short(one.args[0]).lower()
            and re.search(
                r"(?i)headers?\.origin|Header\.Get\(\"Origin\"\)|getHeader\(\"Origin\"\)|get\(['\"]origin",
                short(one.args[1]),
            )
            is not None
        ),
    ),
    _rule(
        "cors-open",
        "medium",
        "Every origin is allowed.",
        JAVA | RUST,
        r"(?:allowedOrigins|setAllowedOrigins|allowedOriginPatterns|addAllowedOrigin|very_permissive|permissive)",
        holds=lambda one: not one.args or '"*"' in short(one.node)[-60:],
    ),
    _rule(
        "world-writable",
        "medium",
        "Everybody on the machine may write to a path.",
        ANY,
        r"(?i:(?:f?chmod\w*|mkdir\w*|from_mode|set_mode|WriteFile|OpenFile))",
        holds=has(r"^0o?(?:777|666|776|767)$"),
    ),
    _rule(
        "guard-skipped",
        "high",
        "A guard on access is switched off.",
        RUBY,
        r"(?:skip_before_action|skip_forgery_protection|skip_authorization|skip_before_filter)",
        holds=lambda one: (
            "forgery" in one.name
            or "authorization" in one.name
            or re.search(r":(?:auth|require|verify|login|check|ensure)", short(one.node)) is not None
        ),
    ),
    _rule(
        "guard-skipped", "high", "Everyone is let in.", JAVA, r"permitAll", holds=lambda one: "anyRequest()" in one.name
    ),
    _rule(
        "exempted",
        "high",
        "The protection against forged requests is switched off.",
        JAVA,
        r"csrf",
        holds=has(r"::disable|\.disable\("),
    ),
    _rule(
        "exempted",
        "high",
        "The protection against forged requests is switched off.",
        JAVA,
        r"csrf\(\)\.disable",
        holds=always,
    ),
    _rule(
        "cookie-flag-off",
        "medium",
        "A cookie loses a protection.",
        JAVA,
        r"(?:setHttpOnly|setSecure|httpOnly|secure)",
        holds=has(r"^false$"),
    ),
)
