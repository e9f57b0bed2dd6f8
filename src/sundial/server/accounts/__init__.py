"""Who someone is: users, sign-in, tokens, passwords. What they may do in a company is `companies`' business."""
