using System.Runtime.Intrinsics;

namespace GoNoGo.Vision.Imaging.Resizing;

/// <summary>Samples of some type that are read as floats, a row at a time.</summary>
internal unsafe interface ISampleRow
{
    /// <summary>Converts <paramref name="count"/> samples from <paramref name="offset"/> on.</summary>
    void Read(long offset, int count, float* destination);
}

/// <summary>8-bit samples.</summary>
internal readonly unsafe struct ByteSamples(byte* samples) : ISampleRow
{
    public void Read(long offset, int count, float* destination)
    {
        byte* source = samples + offset;
        int i = 0;
        for (; Vector128.IsHardwareAccelerated && i <= count - 16; i += 16)
        {
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load(source + i));
            UshortSamples.Store(low, destination + i);
            UshortSamples.Store(high, destination + i + 8);
        }

        for (; i < count; i++)
        {
            destination[i] = source[i];
        }
    }
}

/// <summary>16-bit samples.</summary>
internal readonly unsafe struct UshortSamples(ushort* samples) : ISampleRow
{
    public void Read(long offset, int count, float* destination)
    {
        ushort* source = samples + offset;
        int i = 0;
        for (; Vector128.IsHardwareAccelerated && i <= count - 8; i += 8)
        {
            Store(Vector128.Load(source + i), destination + i);
        }

        for (; i < count; i++)
        {
            destination[i] = source[i];
        }
    }

    /// <summary>Writes eight integers as floats (exact: they are below 2^24).</summary>
    public static void Store(Vector128<ushort> values, float* destination)
    {
        (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(values);
        Vector128.ConvertToSingle(low.AsInt32()).Store(destination);
        Vector128.ConvertToSingle(high.AsInt32()).Store(destination + 4);
    }
}

/// <summary>Floats.</summary>
internal readonly unsafe struct FloatSamples(float* samples) : ISampleRow
{
    public void Read(long offset, int count, float* destination) =>
        Buffer.MemoryCopy(samples + offset, destination, sizeof(float) * (long)count, sizeof(float) * (long)count);
}
