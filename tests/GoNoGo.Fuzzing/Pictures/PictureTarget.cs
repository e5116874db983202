using System.Runtime.InteropServices;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Fuzzing.Pictures;

/// <summary>A picture format: its header and its pixels are read, and must tell the same.</summary>
internal sealed class PictureTarget(
    string name, string extension, string summary, Func<IReadOnlyList<byte[]>> seeds, Func<byte[], Random, byte[]> mutate) : FuzzTarget
{
    private const byte Poison = 0xA5;
    private const int LargestCompared = 1 << 22;

    public override string Name => name;

    public override string Extension => extension;

    public override string Summary => summary;

    public override IReadOnlyList<byte[]> Seeds() => seeds();

    public override byte[] MutateStructure(byte[] file, Random random) => mutate(file, random);

    /// <summary>A refusal is a whole sentence.</summary>
    public override bool IsRefusal(Exception exception) => exception is ImageFormatException { Message: [.., '.'] };

    public override long Read(byte[] file)
    {
        ImageInfo info = default;
        ImageFormatException? refusal = null;
        try
        {
            info = ImageDecoder.Identify(file);
        }
        catch (ImageFormatException exception)
        {
            refusal = exception;
        }

        using Image image = ImageDecoder.Decode(file);
        if (refusal is not null)
        {
            throw new FuzzFailureException($"decoded, but not identified: {refusal.Message}");
        }

        ImageInfo decoded = info with { Width = image.Width, Height = image.Height, Channels = image.Channels, BitDepth = image.BitDepth };
        return info == decoded ? info.DecodedBytes : throw new FuzzFailureException($"the header was read as {info}, the picture as {decoded}");
    }

    /// <summary>The picture, where the file holds all of it and only its pixels say something that no picture may say.</summary>
    public override long DueBytes(byte[] file, Exception refusal) =>
        refusal.Message.Contains("filter type", StringComparison.Ordinal) || refusal.Message.Contains("has palette colour", StringComparison.Ordinal)
            ? ImageDecoder.Identify(file).DecodedBytes
            : 0;

    /// <summary>Decodes twice, the second time over other content of the buffer: a sample that nobody wrote shows as a difference.</summary>
    public override void Verify(byte[] file)
    {
        byte[] samples;
        using (Image image = ImageDecoder.Decode(file))
        {
            Span<byte> bytes = BytesOf(image);
            if (bytes.Length > LargestCompared)
            {
                return;
            }

            samples = bytes.ToArray();
            bytes.Fill(Poison);
        }

        using Image again = ImageDecoder.Decode(file);
        if (!BytesOf(again).SequenceEqual(samples))
        {
            throw new FuzzFailureException("decoded twice, the samples differ: some are not written by the decoder");
        }
    }

    private static Span<byte> BytesOf(Image image) => image.BitDepth switch
    {
        8 => image.Samples8,
        16 => MemoryMarshal.AsBytes(image.Samples16.AsSpan()),
        _ => MemoryMarshal.AsBytes(image.SamplesFloat.AsSpan()),
    };
}
