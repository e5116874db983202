namespace GoNoGo.Evaluating;

/// <summary>
/// Reduces what is kept of a picture for showing: a map of tiles may have as many pixels as its picture. Blocks become their mean
/// colour, their largest map value and their defect, so that nothing small is lost.
/// </summary>
internal static class ShowcaseSize
{
    private const int LongestSide = 1024;

    public static ShowcasePicture Reduce(ShowcasePicture shown)
    {
        int block = (Math.Max(shown.Width, shown.Height) + LongestSide - 1) / LongestSide;
        if (block <= 1)
        {
            return shown;
        }

        int width = (shown.Width + block - 1) / block;
        int height = (shown.Height + block - 1) / block;
        var rgb = new byte[width * height * 3];
        var map = new float[width * height];
        byte[]? mask = shown.Mask is null ? null : new byte[width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                Block(shown, x * block, y * block, block, (y * width) + x, rgb, map, mask);
            }
        }

        return shown with { Rgb = rgb, Map = map, Mask = mask, Width = width, Height = height };
    }

    private static void Block(ShowcasePicture shown, int left, int top, int block, int to, byte[] rgb, float[] map, byte[]? mask)
    {
        Span<int> sums = stackalloc int[3];
        sums.Clear();
        int count = 0;
        float largest = float.NaN;
        for (int y = top; y < Math.Min(top + block, shown.Height); y++)
        {
            for (int x = left; x < Math.Min(left + block, shown.Width); x++, count++)
            {
                int at = (y * shown.Width) + x;
                for (int c = 0; c < 3; c++)
                {
                    sums[c] += shown.Rgb[(3 * at) + c];
                }

                // The comparison is false for what is not judged (NaN).
                if (float.IsNaN(largest) || shown.Map[at] > largest)
                {
                    largest = shown.Map[at];
                }

                if (mask is not null && shown.Mask![at] != 0)
                {
                    mask[to] = 1;
                }
            }
        }

        map[to] = largest;
        for (int c = 0; c < 3; c++)
        {
            rgb[(3 * to) + c] = (byte)(sums[c] / count);
        }
    }
}
