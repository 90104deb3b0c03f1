"""What whoever runs the desk has set, from Streamlit's secrets or the environment."""

from components.settings.access import (
    AccessSettings,
    RoleName,
    fold_address,
    is_address,
    read_access_settings,
)
from components.settings.deployed import (
    find_section,
    read_deployed_sections,
    read_deployed_settings,
)
from components.settings.inference import (
    HOSTED_ADDRESS,
    KeyPlace,
    Settings,
    check_address,
    check_key,
    check_model,
    guess_request_mb,
    read_settings,
)
from components.settings.pictures import PictureSettings
from components.settings.roboflow import RoboflowSettings, check_project, read_roboflow_settings
from components.settings.store import DATABASE_FILE, StoreSettings, read_store_settings
from components.settings.values import Secret

__all__ = [
    "DATABASE_FILE",
    "HOSTED_ADDRESS",
    "AccessSettings",
    "KeyPlace",
    "PictureSettings",
    "RoboflowSettings",
    "RoleName",
    "Secret",
    "Settings",
    "StoreSettings",
    "check_address",
    "check_key",
    "check_model",
    "check_project",
    "find_section",
    "fold_address",
    "guess_request_mb",
    "is_address",
    "read_access_settings",
    "read_deployed_sections",
    "read_deployed_settings",
    "read_roboflow_settings",
    "read_settings",
    "read_store_settings",
]
