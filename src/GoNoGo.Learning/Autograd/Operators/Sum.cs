namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>The sum, accumulated as if in double precision.</summary>
public static class SumOperator
{
    /// <summary>Over all elements: a scalar.</summary>
    public static Variable Sum(this Variable x) => SumOver.Apply(x, ReducedAxes.All(x.Shape), 1f, keepDimensions: false);

    /// <summary>Over the given axes.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The axes; negative ones count from the end.</param>
    /// <param name="keepDimensions">Whether the axes stay as dimensions of 1.</param>
    /// <exception cref="ArgumentException">An axis does not exist or is named twice.</exception>
    public static Variable Sum(this Variable x, ReadOnlySpan<int> axes, bool keepDimensions = false)
    {
        uint mask = ReducedAxes.Mask("Sum", x.Shape, axes);
        return SumOver.Apply(x, mask, 1f, keepDimensions);
    }
}
