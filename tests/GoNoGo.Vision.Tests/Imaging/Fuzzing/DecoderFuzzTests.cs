using GoNoGo.Fuzzing;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging.Fuzzing;

/// <summary>
/// Damaged pictures, half of them damaged with knowledge of the format. Nothing may happen but a decoded picture or an
/// <see cref="Vision.Imaging.ImageFormatException"/>, in little time and memory. Longer runs: docs/fuzzing.md.
/// </summary>
[Collection(VectorWidthCollection.Name)]
public class DecoderFuzzTests
{
    [Theory]
    [InlineData("png")]
    [InlineData("bmp")]
    [InlineData("pnm")]
    [InlineData("jpeg")]
    [InlineData("tiff")]
    public void Damaged_pictures_are_decoded_or_refused_in_little_time_and_memory(string name)
    {
        FuzzReport report = FuzzLoop.Run(FuzzTargets.Get(name), new FuzzOptions { Cases = 10_000 });
        Assert.True(report.Failures.Count == 0, string.Join('\n', report.Failures));
        // Neither all intact nor all refused at the first byte: the mutations reach the decoder.
        Assert.InRange(report.Accepted, report.Cases / 100, report.Cases * 9 / 10);
    }
}
