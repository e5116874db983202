namespace GoNoGo.Evaluation.Thresholds;

/// <summary>A threshold and how it came about. A part is no-go if and only if score >= <paramref name="Value"/>.</summary>
/// <param name="Value">The threshold.</param>
/// <param name="Method">How it was chosen, as one short phrase.</param>
/// <param name="Note">Null, or one sentence on what the data could not support.</param>
public readonly record struct ThresholdChoice(float Value, string Method, string? Note);
