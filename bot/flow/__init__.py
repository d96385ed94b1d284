"""Use cases over ports: intake, treatment, approval, delivery, timers. Each database visit is one commit."""
