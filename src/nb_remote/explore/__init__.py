"""From a pasted address to what lies there: drives location → store → dialects → infer."""

from nb_remote.explore.further import explore
from nb_remote.explore.linked import explore_link
from nb_remote.explore.opening import open_dataset
from nb_remote.explore.patience import Patience, explore_within
from nb_remote.explore.recognise import Exploration

__all__ = ["Exploration", "Patience", "explore", "explore_link", "explore_within", "open_dataset"]
