"""The morning mail holds counts alone, and a silent mail server never stops the night."""

import socket
import threading

from pipeline.operations.morning import WORDS, Mail, mail_counts, mail_text


def test_the_mail_says_counts_in_words_and_nothing_else():
    text = mail_text({"night_read": 12, "ask": 3, "unknown": 9})
    assert text == f"{WORDS['night_read']} : 12\n{WORDS['ask']} : 3\n"


def test_no_mail_without_a_server_and_no_error_when_it_is_down():
    assert mail_counts({"pages": 1}, None) is False
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    assert mail_counts({"pages": 1}, Mail("127.0.0.1", port, "a@example.org", ("b@example.org",))) is False


def test_a_real_smtp_conversation_delivers_the_counts():
    received = []

    def serve(listener):
        connection, _ = listener.accept()
        with connection, connection.makefile("rwb") as stream:

            def say(text):
                stream.write(text.encode() + b"\r\n")
                stream.flush()

            say("220 ready")
            in_data = False
            for raw in stream:
                line = raw.decode().rstrip("\r\n")
                if in_data:
                    received.append(line)
                    if line == ".":
                        in_data = False
                        say("250 kept")
                elif line.upper().startswith("DATA"):
                    in_data = True
                    say("354 go on")
                elif line.upper().startswith("QUIT"):
                    say("221 bye")
                    return
                else:
                    say("250 ok")

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        mail = Mail("127.0.0.1", listener.getsockname()[1], "a@example.org", ("b@example.org",))
        assert mail_counts({"pages": 7}, mail) is True
        thread.join(5)
    assert "7" in "\n".join(received)
