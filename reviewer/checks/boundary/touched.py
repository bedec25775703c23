"""What lies on the security boundary by its name: paths, and the modules and calls that a line uses.

Touching it is no fault. It decides who has to look.
"""

from __future__ import annotations

import re

_PATHS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        (
            "access control",
            (
                r"(?:^|[/_.-])(?:auth|authn|authz|authentication|authorization|oauth2?|oidc|saml|sso|login|logout|acl|rbac|iam"
                r"|permissions?|policies|access[_-]?control|csrf|cors)(?:[/_.-]|$)"
            ),
        ),
        ("sessions", r"(?:^|[/_.-])(?:sessions?|cookies?|jwt|tokens?)(?:[/_.-]|$)"),
        (
            "secrets",
            r"(?:^|[/_.-])(?:secrets?|credentials?|passwords?|vault|keystore|keyring)(?:[/_.-]|$)|(?:^|/)\.env|\.(?:pem|key|p12|pfx|jks)$",
        ),
        (
            "cryptography",
            r"(?:^|[/_.-])(?:crypto|cryptography|encryption|cipher|signing|signatures?|tls|ssl|certs?|certificates?)(?:[/_.-]|$)",
        ),
        ("money", r"(?:^|[/_.-])(?:billing|payments?|checkout|invoices?)(?:[/_.-]|$)"),
        (
            "build and deployment",
            r"^\.github/(?:workflows|actions)/|^\.gitlab-ci|^\.circleci/|(?:^|/)Jenkinsfile|^azure-pipelines",
        ),
        (
            "containers and infrastructure",
            r"(?:^|/)(?:Dockerfile|docker-compose)[^/]*$|\.tf$|(?:^|/)(?:k8s|helm|terraform|ansible)/",
        ),
        ("who reviews what", r"(?:^|/)CODEOWNERS$|^SECURITY\.md$"),
    )
)
CONSTRUCT = re.compile(
    r"\b(?:hmac|hashlib|secrets\.|ssl\.|cryptography|bcrypt|argon2|scrypt|pbkdf2|jwt|itsdangerous|passlib|subprocess|os\.system"
    r"|child_process|crypto/|x509|PreAuthorize|authenticate|authorize|login_required|permission_required|set_cookie"
    r"|Access-Control-Allow|CORSMiddleware|csrf|compare_digest|Content-Security-Policy|X-Frame-Options|sanitize\w*|bleach)\b",
    re.IGNORECASE,
)


def boundary_of(path: str) -> str | None:
    """Return what a path guards, in words, or None."""
    return next((name for name, pattern in _PATHS if pattern.search(path)), None)
