"""A task for homework in one link, without a class: how to make one, how to work on it, and the result to hand in."""

from pages.shared.app_frame import page_header
from pages.shared.task.make import choose_task
from pages.shared.task.work import choose_free_settings, show_task

page_header("Homework", "A task in one link.", "make one.")
task = choose_task("homework", with_goal=True)
if task is not None:
    show_task(task)
    choose_free_settings(task)
