"""What the person sees of the agent: `program.Program`, and `notices.Notifier` for its other thread.

Journeys find their way by title and keys. Window titles: `Sundial`, `Sundial badge`. Keys in the window: see `window`.
Object names: server, code, email, password, by-code, by-password, connect-button, <field>-problem, connect-problem ·
question, question-text, agree · absence, absence-title, absence-<answer> · work-state, today, task, task-choice,
task-done, start, pause, stop, work-problem · message-text, problems-line-0 · kind-<kind>, recording-sentence,
policy-version, policy-synced, policy-line-0 · timeline, recent-0-time, -name, -title, -length · queue, loss-0 ·
notes-line-0 · company, connection, more · leaving, quit, stay · badge-state, badge-time, badge-note · tray-state,
tray-open, tray-start, tray-pause, tray-stop, tray-quit.
"""
