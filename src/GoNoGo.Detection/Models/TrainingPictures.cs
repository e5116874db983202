namespace GoNoGo.Detection.Models;

/// <summary>
/// What a model keeps of the pictures it was trained on, so that an evaluation can tell that it judges some of them: the smallest 256
/// hashes of their contents. Of more pictures that is an even sample; no picture can be made from it.
/// </summary>
public static class TrainingPictures
{
    /// <summary>How many hashes are kept at most: 4 KB.</summary>
    public const int Most = 256;

    // A float holds 16 bits of a hash exactly, and every tool that copies tensors keeps it.
    private const int Parts = 4;

    /// <summary>The hashes that are kept: the smallest, ordered, each once.</summary>
    public static ulong[] Keep(IEnumerable<ulong> hashes) => [.. hashes.Distinct().Order().Take(Most)];

    /// <summary>As a tensor <c>[n, 4]</c>, 16 bits a number, the highest first.</summary>
    internal static float[] Pack(ulong[] hashes) =>
        [.. hashes.SelectMany(hash => Enumerable.Range(0, Parts).Select(part => (float)(ushort)(hash >> (16 * (Parts - 1 - part)))))];

    /// <summary>Back from a tensor; numbers that no hash has make a hash that fits nothing.</summary>
    internal static ulong[] Unpack(float[] packed)
    {
        var hashes = new ulong[packed.Length / Parts];
        for (int index = 0; index < hashes.Length; index++)
        {
            foreach (float part in packed.AsSpan(index * Parts, Parts))
            {
                hashes[index] = (hashes[index] << 16) | (part is >= 0 and <= ushort.MaxValue ? (ushort)part : (ushort)0);
            }
        }

        return hashes;
    }
}
