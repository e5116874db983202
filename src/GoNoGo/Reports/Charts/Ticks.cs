using System.Globalization;

namespace GoNoGo.Reports.Charts;

/// <summary>Round numbers for an axis.</summary>
internal static class Ticks
{
    /// <summary>About <paramref name="count"/> multiples of 1, 2 or 5 times a power of ten within the range, as value and text.</summary>
    public static IReadOnlyList<(double Value, string Text)> Of(double low, double high, int count)
    {
        double raw = (high - low) / Math.Max(count, 1);
        if (!(raw > 0) || !double.IsFinite(raw))
        {
            return [(low, Display.Score(low))];
        }

        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double step = power * ((raw / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 });
        int decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(step) - 1e-9), 0, 12);
        var ticks = new List<(double, string)>();
        for (double index = Math.Ceiling((low / step) - 1e-9); index * step <= high + (1e-9 * step) && ticks.Count < 50; index++)
        {
            // Adding 0 turns -0 into 0.
            double value = (index * step) + 0;
            string text = Math.Abs(value) >= 1e6 ? value.ToString("0.###E+0", CultureInfo.InvariantCulture) : value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            ticks.Add((value, text));
        }

        return ticks;
    }
}
