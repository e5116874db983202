namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>The mean, accumulated as if in double precision.</summary>
public static class MeanOperator
{
    /// <summary>Over all elements: a scalar.</summary>
    public static Variable Mean(this Variable x) => SumOver.Apply(x, ReducedAxes.All(x.Shape), 1f / x.Shape.ElementCount, keepDimensions: false);

    /// <summary>Over the given axes.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The axes; negative ones count from the end.</param>
    /// <param name="keepDimensions">Whether the axes stay as dimensions of 1.</param>
    /// <exception cref="ArgumentException">An axis does not exist or is named twice.</exception>
    public static Variable Mean(this Variable x, ReadOnlySpan<int> axes, bool keepDimensions = false)
    {
        uint mask = ReducedAxes.Mask("Mean", x.Shape, axes);
        return SumOver.Apply(x, mask, 1f / ReducedAxes.Count(x.Shape, mask), keepDimensions);
    }
}
