using System.Globalization;

namespace GoNoGo.Scores;

/// <summary>Finds the pixels of maps that hold NaN instead of a score, and counts them.</summary>
internal sealed class UnjudgedPixels
{
    private long _all;
    private long _unjudged;
    private long _defective;
    private int _maps;

    /// <summary>Takes the pixels without a score out of a map's mask.</summary>
    /// <param name="map">Scores, NaN where nothing is judged.</param>
    /// <param name="mask">Ground truth of the same length, or empty; set to 0 where nothing is judged.</param>
    /// <returns>Which pixels are judged, 1 or 0; empty: all.</returns>
    public byte[] Exclude(ReadOnlySpan<float> map, Span<byte> mask)
    {
        _all += map.Length;
        byte[] judged = [];
        for (int i = 0; i < map.Length; i++)
        {
            if (!float.IsNaN(map[i]))
            {
                continue;
            }

            if (judged.Length == 0)
            {
                judged = new byte[map.Length];
                judged.AsSpan().Fill(1);
                _maps++;
            }

            judged[i] = 0;
            _unjudged++;
            if (!mask.IsEmpty && mask[i] != 0)
            {
                mask[i] = 0;
                _defective++;
            }
        }

        return judged;
    }

    /// <summary>What a reader must know of them.</summary>
    public IEnumerable<string> Notes()
    {
        if (_maps > 0)
        {
            string defective = _defective == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {_defective} of them are defective by their mask");
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{_unjudged} pixels ({100.0 * _unjudged / _all:0.##} %) in {_maps} map(s) hold NaN: they are not judged and in no metric{defective}.");
        }
    }
}
