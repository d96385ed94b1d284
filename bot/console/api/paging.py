"""How lists are asked for: a page goes on by the key of the last thing seen."""

from typing import Annotated

from fastapi import Query

Page = Annotated[int, Query(ge=1, le=200, description="How many at most")]
After = Annotated[str, Query(max_length=100, description="The `next` of the page before")]
