"""The line by which processes learn of their end."""

from __future__ import annotations

import os
import threading

from curator_worker.stop_line import StopLine


def test_who_waits_hears_of_the_cut_and_so_does_who_comes_later() -> None:
    line, heard = StopLine(), threading.Event()

    def hear() -> None:
        line.wait()
        heard.set()

    threading.Thread(target=hear, daemon=True).start()
    assert not heard.wait(0.05)

    line.cut()

    assert heard.wait(10)
    line.wait()


def test_it_is_cut_once_and_no_other_file_is_closed_by_the_second_time() -> None:
    line = StopLine()
    line.cut()
    others = os.pipe()

    line.cut()

    for each in others:
        os.fstat(each)
        os.close(each)


def test_a_forked_process_hears_that_its_maker_is_gone_whatever_became_of_it() -> None:
    line = StopLine()
    tells, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(tells)
        line.cut()
        os.write(told, b"listening")
        line.wait()
        os.write(told, b"heard")
        os._exit(0)
    os.close(told)
    assert os.read(tells, 100) == b"listening"

    line.cut()

    assert os.read(tells, 100) == b"heard"
    os.close(tells)
    assert os.waitpid(child, 0)[1] == 0
