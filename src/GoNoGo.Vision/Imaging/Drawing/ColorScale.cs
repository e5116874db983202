namespace GoNoGo.Vision.Imaging.Drawing;

/// <summary>
/// The colours of heat maps, from deep blue over violet, red and orange to pale yellow. The brightness grows evenly with the
/// value, so that the order is seen in a gray print and by colour-blind eyes too.
/// </summary>
public static class ColorScale
{
    /// <summary>Evenly spaced in value.</summary>
    private static readonly Rgb[] Anchors =
    [
        new(10, 12, 48), new(58, 20, 112), new(122, 28, 122), new(184, 44, 96), new(228, 84, 56), new(248, 148, 32), new(250, 206, 80), new(254, 248, 190),
    ];

    private static readonly Rgb[] Table = MakeTable();

    /// <summary>The 256 colours in order.</summary>
    public static ReadOnlySpan<Rgb> Colors => Table;

    /// <summary>The colour of a value: 0 and below (and NaN) the first, 1 and above the last.</summary>
    public static Rgb At(float value) => Table[value > 0 ? (int)(Math.Min(value, 1) * 255 + 0.5f) : 0];

    private static Rgb[] MakeTable()
    {
        var table = new Rgb[256];
        for (int i = 0; i < table.Length; i++)
        {
            double position = i / 255.0 * (Anchors.Length - 1);
            int low = Math.Min((int)position, Anchors.Length - 2);
            double share = position - low;
            Rgb from = Anchors[low];
            Rgb to = Anchors[low + 1];
            table[i] = new Rgb(Mix(from.Red, to.Red, share), Mix(from.Green, to.Green, share), Mix(from.Blue, to.Blue, share));
        }

        return table;
    }

    private static byte Mix(byte from, byte to, double share) => (byte)Math.Round(from + ((to - from) * share));
}
