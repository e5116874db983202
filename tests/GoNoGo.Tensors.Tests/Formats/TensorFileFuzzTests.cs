using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using GoNoGo.Fuzzing;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Safetensors;

namespace GoNoGo.Tensors.Tests.Formats;

/// <summary>
/// Damaged files are refused with <see cref="TensorFileException"/> or read; nothing else is thrown, and no more than four
/// times the file's size plus 16 MB is allocated. Longer runs: docs/fuzzing.md.
/// </summary>
public sealed class TensorFileFuzzTests
{
    [Theory]
    [InlineData("safetensors")]
    [InlineData("npy")]
    public void Damaged_files_are_read_or_refused_in_little_time_and_memory(string name)
    {
        FuzzReport report = FuzzLoop.Run(FuzzTargets.Get(name), new FuzzOptions { Cases = 10_000 });
        Assert.True(report.Failures.Count == 0, string.Join('\n', report.Failures));
        // Most mutations must hurt, some (in the data, in spaces) must not.
        Assert.InRange(report.Accepted, report.Cases / 100, report.Cases * 3 / 4);
    }

    /// <summary>The form with the worst ratio of memory to file: a header of nothing but tiny entries.</summary>
    [Fact]
    public void A_header_of_many_tiny_entries_stays_within_the_bound()
    {
        var text = new StringBuilder("{");
        for (int i = 0; i < 100_000; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"\"{i:x}\":{{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}},");
        }

        text[^1] = '}';
        byte[] file = WithHeader(text.ToString(), []);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(IsRead(file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4L * file.Length);

        string metadata = "{\"__metadata__\":{" + string.Join(',', Enumerable.Range(0, 200_000).Select(i => $"\"{i:x}\":\"\"")) + "}}";
        Assert.False(IsRead(WithHeader(metadata, [])));
        string name = "{\"" + new string('n', 2_000_000) + "\":5}";
        byte[] longName = WithHeader(name, []);
        before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(IsRead(longName));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4L * longName.Length);
    }

    private static bool IsRead(byte[] file)
    {
        try
        {
            SafetensorsReader.Open(new MemoryStream(file)).Dispose();
            return true;
        }
        catch (TensorFileException)
        {
            return false;
        }
    }

    private static byte[] WithHeader(string header, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. data];
    }
}
