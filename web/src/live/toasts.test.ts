import { beforeEach, describe, expect, it } from "vitest";
import { deliver } from "./feed";
import { startToasts, tellWhy } from "./toasts";

const event = (more: object) => ({ timestamp: "t", room: "r", actor: "ada@example.test", offset: 1, ...more });
const texts = () => [...document.querySelectorAll(".toast-text")].map((node) => node.textContent);

startToasts();

beforeEach(() => {
  document.body.innerHTML =
    '<ol id="toasts"></ol><template id="live-words" data-me="me@example.test" data-by="by #" data-user-added="# was added"' +
    ' data-users-bulk-deleted="# people were removed" data-signed-out="You are signed out."></template>';
});

describe("passing words", () => {
  it("say what somebody else did, and who", () => {
    deliver("user_added", event({ user: "new@example.test" }));
    deliver("users_bulk_deleted", event({ users: ["a", "b", "c"] }));
    expect(texts()).toEqual(["new@example.test was addedby ada@example.test", "3 people were removedby ada@example.test"]);
  });

  it("are text, whatever a name contains", () => {
    deliver("user_added", event({ user: "<img src=x onerror=alert(1)>$&" }));
    expect(texts()[0]).toContain("<img src=x onerror=alert(1)>$&");
    expect(document.querySelector("img")).toBeNull();
  });

  it("do not tell people what they did themselves, nor what has no words", () => {
    deliver("user_added", { ...event({ user: "x" }), actor: "me@example.test" });
    deliver("user_deleted", event({ user: "x" }));
    deliver("audit_log_added", event({ id: 1 }));
    expect(texts()).toEqual([]);
  });

  it("say why the page is live no more", () => {
    tellWhy("signed_out");
    tellWhy("something else");
    expect(texts()).toEqual(["You are signed out."]);
  });
});
