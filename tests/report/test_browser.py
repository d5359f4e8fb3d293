"""The page in a browser, from a file, without any network."""

from __future__ import annotations

import strip

from letup.report import write_html


def quiet(page):
    return page.locator(".lane.quiet .who").count()


def test_it_opens_offline_and_its_map_comes_to_rest(visit, report):
    page = visit(report, offline=True)
    assert page.locator("#map-live canvas").is_visible()
    assert not page.locator("#map-drawn").is_visible()
    assert "11,100 people who want to leave" in page.locator("#answer").inner_text()


def test_arrow_keys_move_the_time_and_zones_turn_quiet(visit, report):
    page = visit(report)
    slider = page.locator("#step")
    slider.focus()
    page.keyboard.press("Home")
    assert page.locator("#clock").inner_text() == "Sat 4 Nov 06:00"
    assert quiet(page) == 0
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    assert page.locator("#clock").inner_text() == "Sat 4 Nov 10:00"
    assert quiet(page) == 4
    assert "4 zones quiet" in slider.get_attribute("aria-valuetext")
    page.keyboard.press("PageUp")
    assert page.locator("#clock").inner_text() == "Sun 5 Nov 10:00"
    page.keyboard.press("n")
    assert page.locator("#clock").inner_text() == "Sun 5 Nov 17:00"
    assert quiet(page) == 0
    assert page.locator("#now-arrived").inner_text() == "9,400"


def test_a_day_further_it_is_the_same_time_of_day_after_clocks_were_put_forward(visit, text, tmp_path):
    assert text.count('"offsets":[[0,120]]') == 1
    changed = tmp_path / "report.html"
    changed.write_text(text.replace('"offsets":[[0,120]]', '"offsets":[[0,120],[32,180]]'), "utf-8")
    page = visit(changed)
    page.locator("#step").fill("8")
    page.locator("#step").focus()
    for key, time in [("PageUp", "Sun 5 Nov 10:00"), ("PageDown", "Sat 4 Nov 10:00")]:
        page.keyboard.press(key)
        assert page.locator("#clock").inner_text() == time


def test_the_numbers_on_the_page_are_those_of_the_movements(visit, report):
    page = visit(report)
    moves = strip.plan().movements
    page.locator("#step").focus()
    for step in (0, 12, 15, 18, 60, 95):
        page.locator("#step").fill(str(step))
        gone = arrived = 0
        for move in moves.to_dict("records"):
            for start in range(move["depart_first_step"], move["depart_last_step"] + 1):
                reach = start + move["arrive_first_step"] - move["depart_first_step"]
                gone += move["people_per_step"] * (start <= step)
                arrived += move["people_per_step"] * (reach <= step)
        assert page.locator("#now-moving").inner_text() == f"{gone - arrived:,}"
        assert page.locator("#now-arrived").inner_text() == f"{arrived:,}"


def test_a_zone_a_movement_and_a_road_show_their_figures(visit, report):
    page = visit(report)
    page.get_by_role("combobox", name="Zone").select_option("Hill")
    assert "6,000, of whom 3,000 want to leave" in page.locator("#detail").inner_text()
    page.get_by_role("button", name="North Town").focus()
    page.keyboard.press("Enter")
    detail = page.locator("#detail")
    assert "10,000, of whom 8,100 want to leave" in detail.inner_text()
    assert "بلدة الشمال" in detail.inner_text()
    assert "Outline: observed; Extract of the map, 2025-10-28" in detail.inner_text()
    detail.get_by_role("button", name="to a shelter in South").click()
    assert "a shelter in South" in detail.inner_text()
    page.locator("#map").scroll_into_view_if_needed()
    box = page.locator("#map-live canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.66)
    assert "Coast Road" in detail.inner_text() or "Middle" in detail.inner_text()


def test_arabic_names_stand_on_the_page_right_to_left(visit, report):
    page = visit(report)
    name = page.locator(".lane bdi.l").first
    assert name.inner_text() == "بلدة الشمال"
    assert name.evaluate("(one) => getComputedStyle(one).direction") == "rtl"


def test_without_webgl_the_drawn_map_follows_the_time(visit, report):
    page = visit(report, webgl=False)
    assert page.locator("#map-drawn").is_visible()
    assert not page.locator("#map-live").is_visible()
    page.locator("#step").fill("0")
    assert page.locator("#map-drawn .z.quiet").count() == 0
    page.locator("#step").fill("14")
    assert page.locator("#map-drawn .z.quiet").count() == 4
    page.locator("#map-drawn .z").first.click(position={"x": 20, "y": 20})
    assert "North Town" in page.locator("#detail").inner_text()


def test_markup_in_names_does_nothing(visit, tmp_path):
    bad = '</script><script>alert("x")</script><img src=x onerror=alert(1)>'
    world = strip.scenario(title=bad, zone_name=f"N{bad}")
    page = visit(write_html(strip.plan(scenario=world), tmp_path / "report.html"))
    assert page.locator("h1").inner_text() == bad
    page.locator("button.who").first.click()
    assert bad in page.locator("#detail h3").inner_text()
    assert page.locator("img").count() == 0


def test_play_moves_the_time_and_less_motion_is_respected(visit, report):
    page = visit(report)
    page.locator("#step").fill("10")
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="Stop").click()
    assert int(page.locator("#step").input_value()) > 10
    still = visit(report, reduced_motion="reduce")
    still.locator("#step").fill("10")
    still.get_by_role("button", name="Play").click()
    # one jump to the end of the pause, then rest
    assert still.locator("#step").input_value() == "22"


def test_it_fits_a_telephone_and_prints(visit, report):
    page = visit(report, has_touch=True)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    page.emulate_media(media="print")
    assert page.locator("#map-drawn").is_visible()
    assert not page.locator("#play").is_visible()
    assert page.locator("#map-live").is_hidden()


def test_roads_can_be_chosen_without_pointing_at_the_map(visit, report):
    page = visit(report, locale="de-DE")
    page.locator("#detail").get_by_role("button", name="Coast Road").first.press("Enter")
    assert "9,400 people pass, most of them towards the south" in page.locator("#detail").inner_text()
    assert "طريق الساحل" in page.locator("#detail").inner_text()
