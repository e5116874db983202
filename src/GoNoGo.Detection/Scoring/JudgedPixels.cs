namespace GoNoGo.Detection.Scoring;

/// <summary>Reductions of maps over the pixels that are judged; an empty mask stands for all of them.</summary>
internal static class JudgedPixels
{
    /// <summary>The mask of one picture of a batch.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> judged, int index, int batch)
    {
        int pixels = judged.Length / batch;
        return judged.Slice(index * pixels, pixels);
    }

    /// <summary>The mean of the judged values.</summary>
    public static double Mean(ReadOnlySpan<float> map, ReadOnlySpan<byte> judged)
    {
        double sum = 0;
        if (judged.IsEmpty)
        {
            foreach (float value in map)
            {
                sum += value;
            }

            return sum / map.Length;
        }

        long count = 0;
        for (int i = 0; i < map.Length; i++)
        {
            if (judged[i] != 0)
            {
                sum += map[i];
                count++;
            }
        }

        return sum / count;
    }

    /// <summary>The largest of the judged values.</summary>
    public static float Largest(ReadOnlySpan<float> map, ReadOnlySpan<byte> judged)
    {
        float largest = float.NegativeInfinity;
        for (int i = 0; i < map.Length; i++)
        {
            if (judged.IsEmpty || judged[i] != 0)
            {
                largest = MathF.Max(largest, map[i]);
            }
        }

        return largest;
    }

    /// <summary>Whether a square of a mask <c>[*, width]</c> holds a judged pixel.</summary>
    public static bool Any(ReadOnlySpan<byte> judged, int width, int left, int top, int side)
    {
        for (int y = top; y < top + side; y++)
        {
            if (judged.Slice((y * width) + left, side).IndexOfAnyExcept((byte)0) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Sets the values of a map that are not judged to NaN: any number there could be taken for a finding.</summary>
    public static void Clear(Span<float> map, ReadOnlySpan<byte> judged)
    {
        for (int i = 0; i < judged.Length; i++)
        {
            if (judged[i] == 0)
            {
                map[i] = float.NaN;
            }
        }
    }
}
