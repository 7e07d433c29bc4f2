"""HorizontalPodAutoscalers that fight back: what metrics propose, what bounds and behaviour make of it, who acts."""
