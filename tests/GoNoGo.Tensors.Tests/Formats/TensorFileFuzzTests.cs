using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Npy;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Tensors.Tests.Formats;

/// <summary>
/// Damaged files are refused with <see cref="TensorFileException"/> or read; nothing else is thrown, and no more than four
/// times the file's size plus 16 MB is allocated. Half of the mutations change the structure, half the bytes.
/// </summary>
public sealed partial class TensorFileFuzzTests
{
    private const int Rounds = 4000;
    private const long Allowance = 16 << 20;

    private static readonly string[] Numbers =
        ["0", "1", "-1", "2", "7", "2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e3", "0.5", "100000001"];

    private static readonly string[] Types = ["F32", "F64", "F16", "BF16", "I8", "U64", "BOOL", "F33", "bool", "", "5", "<f4", "<f8", "|u1", ">i4", "|O", "<i8"];

    private static readonly string[] Fragments =
        ["{", "}", "[", "]", ",", ":", "\"", "'", "(", ")", "[[[[[[[[[[", "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":", "null", "true", "False", "\\u0000", "\\ud800", " ", "shape", "dtype", "descr", "__metadata__"];

    [Fact]
    public void Safetensors()
    {
        var random = new RandomSequence(new RandomStream(1, "safetensors fuzz"));
        byte[] original = Model();
        int refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] file = round % 2 == 0 ? MutateStructure(random, original, 8, Length64) : MutateBytes(random, original);
            refused += Survives(file, ReadSafetensors) ? 0 : 1;
        }

        // Most mutations must hurt, some (in the data, in spaces) must not.
        Assert.InRange(refused, Rounds / 4, Rounds - 1);
    }

    [Fact]
    public void Npy()
    {
        var random = new RandomSequence(new RandomStream(1, "npy fuzz"));
        byte[] one = Array(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 5), }\n", 60);
        byte[] two = Array(2, "{'descr': '|u1', 'fortran_order': True, 'shape': (3, 5), }\n", 15);
        int refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            bool structural = round % 2 == 0;
            byte[] file = (round & 2) == 0
                ? structural ? MutateStructure(random, one, 10, Length16) : MutateBytes(random, one)
                : structural ? MutateStructure(random, two, 12, Length32) : MutateBytes(random, two);
            refused += Survives(file, ReadNpy) ? 0 : 1;
        }

        Assert.InRange(refused, Rounds / 4, Rounds - 1);
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
        Assert.True(Survives(file, stream => SafetensorsReader.Open(stream).Dispose()));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4L * file.Length);

        string metadata = "{\"__metadata__\":{" + string.Join(',', Enumerable.Range(0, 200_000).Select(i => $"\"{i:x}\":\"\"")) + "}}";
        Assert.False(Survives(WithHeader(metadata, []), stream => SafetensorsReader.Open(stream).Dispose()));
        string name = "{\"" + new string('n', 2_000_000) + "\":5}";
        byte[] longName = WithHeader(name, []);
        before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(Survives(longName, stream => SafetensorsReader.Open(stream).Dispose()));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4L * longName.Length);
    }

    private static bool Survives(byte[] file, Action<Stream> read)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool good = true;
        try
        {
            read(new MemoryStream(file));
        }
        catch (TensorFileException)
        {
            good = false;
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= (4L * file.Length) + Allowance, $"{allocated} bytes allocated for a file of {file.Length}");
        return good;
    }

    private static void ReadSafetensors(Stream stream)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(stream);
        foreach (SafetensorsEntry entry in reader.Entries)
        {
            Assert.Equal(entry.ElementCount, reader.ReadFloats(entry.Name).Length);
            Assert.Equal(entry.ByteLength, reader.ReadBytes(entry.Name).Length);
        }
    }

    private static void ReadNpy(Stream stream)
    {
        using NpyReader reader = NpyReader.Open(stream);
        Assert.Equal(reader.ElementCount, reader.ReadFloats().Length);
    }

    /// <summary>Changes numbers, types, fragments, the header's length, or cuts and doubles a part of the header.</summary>
    private static byte[] MutateStructure(RandomSequence random, byte[] file, int headerStart, Action<byte[], long> setLength)
    {
        int length = headerStart == 8 ? BinaryPrimitives.ReadInt32LittleEndian(file) : headerStart == 10 ? BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8)) : BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(8));
        string text = Encoding.Latin1.GetString(file, headerStart, length);
        byte[] data = file[(headerStart + length)..];
        long claimed = -1;
        int changes = 1 + random.NextInteger(2);
        for (int i = 0; i < changes; i++)
        {
            switch (random.NextInteger(7))
            {
                case 0:
                    text = ReplaceOne(random, NumberPattern(), text, _ => Numbers[random.NextInteger(Numbers.Length)]);
                    break;
                case 1:
                    text = ReplaceOne(random, NumberPattern(), text, old =>
                        (long.Parse(old, CultureInfo.InvariantCulture) + random.NextInteger(9) - 4).ToString(CultureInfo.InvariantCulture));
                    break;
                case 2:
                    text = ReplaceOne(random, TypePattern(), text, _ => Types[random.NextInteger(Types.Length)]);
                    break;
                case 3:
                    text = text.Insert(random.NextInteger(text.Length + 1), Fragments[random.NextInteger(Fragments.Length)]);
                    break;
                case 4:
                    int from = random.NextInteger(text.Length);
                    int count = Math.Min(1 + random.NextInteger(20), text.Length - from);
                    text = random.NextInteger(2) == 0 ? text.Remove(from, count) : text.Insert(from, text.Substring(from, count));
                    break;
                case 5:
                    claimed = random.NextInteger(3) == 0 ? long.MaxValue - random.NextInteger(100) : random.NextInteger(2 * file.Length);
                    break;
                default:
                    data = random.NextInteger(2) == 0 ? data[..random.NextInteger(data.Length + 1)] : [.. data, .. new byte[random.NextInteger(9)]];
                    break;
            }

            if (text.Length == 0)
            {
                text = " ";
            }
        }

        byte[] result = [.. file[..headerStart], .. Encoding.Latin1.GetBytes(text), .. data];
        setLength(result, claimed < 0 ? text.Length : claimed);
        return result;
    }

    private static byte[] MutateBytes(RandomSequence random, byte[] file)
    {
        byte[] result = [.. file];
        int changes = 1 + random.NextInteger(4);
        for (int i = 0; i < changes; i++)
        {
            result[random.NextInteger(result.Length)] = (byte)random.NextInteger(256);
        }

        return random.NextInteger(4) == 0 ? result[..random.NextInteger(result.Length)] : result;
    }

    private static string ReplaceOne(RandomSequence random, Regex pattern, string text, Func<string, string> replacement)
    {
        MatchCollection matches = pattern.Matches(text);
        if (matches.Count == 0)
        {
            return text;
        }

        Match match = matches[random.NextInteger(matches.Count)];
        string old = match.Value.Length < 18 ? match.Value : "0";
        return string.Concat(text.AsSpan(0, match.Index), replacement(old), text.AsSpan(match.Index + match.Length));
    }

    private static void Length64(byte[] file, long length) => BinaryPrimitives.WriteInt64LittleEndian(file, length);

    private static void Length16(byte[] file, long length) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(8), (ushort)length);

    private static void Length32(byte[] file, long length) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(8), (uint)length);

    private static byte[] Model()
    {
        var stream = new MemoryStream();
        new SafetensorsWriter().SetMetadata("gonogo", "{\"format\": 1}").SetMetadata("about", "ü")
            .Add("head/weight", [1f, 2, 3, 4, 5, 6], 2, 3)
            .Add("head/bias", [1.0, 2], 2)
            .Add("calibration/index", [1L, 2, 3], 3, 1)
            .Add("mask", ElementType.Bool, new byte[] { 0, 1, 1 }, 3)
            .Add("scalar", ElementType.U16, new byte[] { 1, 0 })
            .Write(stream);
        return stream.ToArray();
    }

    private static byte[] Array(int version, string text, int dataBytes)
    {
        byte[] length = version == 1 ? new byte[2] : new byte[4];
        length[0] = (byte)text.Length;
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. Encoding.ASCII.GetBytes(text), .. new byte[dataBytes]];
    }

    private static byte[] WithHeader(string header, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. data];
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex NumberPattern();

    [GeneratedRegex("(F32|F64|I64|U16|BOOL|<f4|\\|u1)")]
    private static partial Regex TypePattern();
}
