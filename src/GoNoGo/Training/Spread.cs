namespace GoNoGo.Training;

/// <summary>How numbers of several trainings lie.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Mean">Their mean; NaN of none.</param>
/// <param name="Deviation">Their standard deviation (divided by count - 1); NaN of fewer than two.</param>
/// <param name="Lowest">The smallest; NaN of none.</param>
/// <param name="Highest">The largest; NaN of none.</param>
public readonly record struct Spread(int Count, double Mean, double Deviation, double Lowest, double Highest)
{
    /// <summary>The spread of those that are finite numbers.</summary>
    public static Spread Of(IEnumerable<double?> values)
    {
        double[] numbers = [.. values.OfType<double>().Where(double.IsFinite)];
        if (numbers.Length == 0)
        {
            return new Spread(0, double.NaN, double.NaN, double.NaN, double.NaN);
        }

        double mean = numbers.Average();
        double deviation = numbers.Length > 1 ? Math.Sqrt(numbers.Sum(value => (value - mean) * (value - mean)) / (numbers.Length - 1)) : double.NaN;
        return new Spread(numbers.Length, mean, deviation, numbers.Min(), numbers.Max());
    }
}
