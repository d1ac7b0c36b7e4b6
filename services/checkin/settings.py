"""Check-in's settings."""

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import Field, SecretStr, ValidationInfo, field_validator

from shared.platform.settings import PlatformSettings
from shared.vocabulary.terms import OF_ADMINISTRATION, Role


class CheckinSettings(PlatformSettings):
    """Read from the environment; the README's table documents each variable once."""

    database_url: str = Field(
        pattern=r"^(sqlite\+aiosqlite:///|postgresql(\+psycopg)?://).+",
        description="The registry: sqlite+aiosqlite:///path or postgresql+psycopg://user:password@host/database.",
    )
    personal_data_key: SecretStr = Field(
        description="Fernet key (32 bytes, URL-safe base64) for names, telephone and identity numbers and webhook "
        "addresses in the registry."
    )
    post_code_secret: SecretStr = Field(
        min_length=32, description="What the codes of all posts are derived from. A new one ends every printed code."
    )
    token_private_key: SecretStr = Field(
        min_length=40, description="Ed25519 private key, PEM; signs the tokens of who logs in. No other service has it."
    )
    second_factor: str = Field(
        default=",".join((*OF_ADMINISTRATION, Role.OPERATOR, Role.OFFICER)),
        description="Roles, separated by commas, that need an authenticator app's code beside the password.",
    )
    oidc_issuer: str = Field(
        default="",
        pattern=r"^(https://[^\s/?#@]+(/[^\s?#]*)?|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/[^\s?#]*)?)?$",
        description="The city's own OpenID provider, exactly as it names itself (https; http on loopback only): people "
        "may log in there. It must know `PUBLIC_URL`/checkin/v1/sessions/oidc/callback. Without it: passwords only.",
    )
    oidc_client_id: str = Field(
        default="", max_length=200, validate_default=True, description="What the provider knows this platform as."
    )
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), description="The provider's secret for this platform; a public client (PKCE) without it."
    )
    oidc_login_claim: str = Field(
        default="preferred_username",
        min_length=1,
        description="The claim of the id token that is the login here. People must not be able to choose it there; "
        "`email` counts only with `email_verified`.",
    )
    duty_lease_s: int = Field(default=4 * 3600, ge=1, le=86_400, description="How long a check-in is good for.")
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s?#]+)?$",
        description="Where phones reach the member's page, e.g. https://meu.example; posts' QR codes name it, "
        "and the city's OpenID provider sends people back to it. By default as the request did.",
    )
    relay_every_s: float = Field(
        default=0.5, gt=0, le=60, description="How often the worker looks for registry changes to publish."
    )

    @property
    def second_factor_roles(self) -> frozenset[Role]:
        """Those of `second_factor`."""
        return frozenset(Role(name.strip()) for name in self.second_factor.split(",") if name.strip())

    @field_validator("second_factor")
    @classmethod
    def _is_of_roles(cls, names: str) -> str:
        for name in filter(None, map(str.strip, names.split(","))):
            Role(name)
        return names

    @field_validator("oidc_client_id")
    @classmethod
    def _goes_with_an_issuer(cls, client_id: str, info: ValidationInfo) -> str:
        if bool(client_id) != bool(info.data.get("oidc_issuer", client_id)):
            raise ValueError("OIDC_ISSUER and OIDC_CLIENT_ID go together")
        return client_id

    @field_validator("token_private_key")
    @classmethod
    def _is_a_signing_key(cls, key: SecretStr) -> SecretStr:
        if not isinstance(load_pem_private_key(key.get_secret_value().encode(), None), Ed25519PrivateKey):
            raise ValueError("an Ed25519 private key is needed")
        return key

    @field_validator("personal_data_key")
    @classmethod
    def _is_a_fernet_key(cls, key: SecretStr) -> SecretStr:
        try:
            Fernet(key.get_secret_value())
        except ValueError as error:
            raise ValueError("32 bytes in URL-safe base64 are needed") from error
        return key
