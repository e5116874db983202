namespace GoNoGo.Evaluation.Metrics.Pixel;

/// <summary>A point of a curve over thresholds.</summary>
/// <param name="X">False-positive rate (ROC, PRO) or recall (precision-recall).</param>
/// <param name="Y">True-positive rate, mean region overlap, or precision.</param>
/// <param name="Threshold">The score at and above which a pixel is called defective here; at the start point the highest score plus 1.</param>
public readonly record struct CurvePoint(double X, double Y, double Threshold);
