"""Every video has captions."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, Verdict, of_each
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const videos = pageFunctions.every("video");
  const texts = (node) => [...node.querySelectorAll("track")].filter((one) => /^(captions|subtitles|)$/.test(one.getAttribute("kind") || "") && one.getAttribute("src")).map((one) => one.src);
  const players = pageFunctions.all("iframe, object, embed").map((node) => node.src || node.data || "").filter((url) => /youtu\.?be|vimeo|dailymotion|wistia|peertube|videos?\/embed|player\.|\.(mp4|webm|ogv|mov)(\?|$)/i.test(url));
  return [videos.map((node) => [pageFunctions.describe(node), texts(node)]), players];
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    videos, players = await page.ask(SCRIPT)
    found = []
    for described, tracks in videos:
        if not tracks:
            found.append(f"{described} has no captions")
        elif not any([await _has_cues(page, address) for address in tracks]):
            found.append(f"the captions of {described} are empty or don’t load")
    if players and not found:
        return Finding(Verdict.NOT_CHECKED, tuple(f"a video of another player: {address[:80]}" for address in players))
    return of_each((len(videos), found))


async def _has_cues(page: InspectedPage, address: str) -> bool:
    if address.startswith(("data:", "blob:")):
        return "--%3E" in address or "-->" in str(
            await page.ask("address => fetch(address).then((one) => one.text())", address)
        )
    answer = await page.page.request.get(address, timeout=5000)
    return answer.ok and b"-->" in await answer.body()


RULE = Rule(
    id="captions",
    title="Every video has captions",
    why="Not everyone can hear, or turn the sound on",
    anchor="CARE 4.4, B; WCAG 1.2.2",
    mark="L",
    how="looks for a caption track with words in it in every video",
    check=check,
)
