using System.Runtime.InteropServices;
using GoNoGo.Evaluation.Sorting;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Evaluation.Storage;

/// <summary>What looks at stored elements piece by piece, in no particular order.</summary>
internal interface IPieceVisitor<T> where T : unmanaged
{
    void Visit(ReadOnlySpan<T> piece);
}

/// <summary>
/// Elements with 32-bit keys, appended in any order and read back by ranges of keys. They lie in blocks in memory;
/// <see cref="Spill"/> moves the blocks to a file as sorted runs, each with an index over the upper 16 bits of the key
/// (its bucket), so that a range of keys is one contiguous read per run.
/// </summary>
internal sealed unsafe class KeyStore<T, TKey>(int longestBlock) : IDisposable
    where T : unmanaged
    where TKey : struct, IRadixKey<T>
{
    /// <summary>The number of buckets.</summary>
    public const int Buckets = 1 << 16;

    private const int BucketShift = 16;
    private const int ShortestBlock = 1 << 12;
    private const int ChunkLength = 1 << 20;

    private readonly List<Block> _blocks = [];
    private readonly List<Run> _runs = [];

    /// <summary>How many elements there are, in memory and in the file.</summary>
    public long Count { get; private set; }

    /// <summary>Bytes of the elements in memory.</summary>
    public long BytesInMemory { get; private set; }

    /// <summary>Appends elements; the caller writes them to the given span, which is at least one element long, and then calls <see cref="Commit"/>.</summary>
    public Span<T> Free
    {
        get
        {
            if (_blocks.Count == 0 || _blocks[^1].Length == _blocks[^1].Data.Capacity)
            {
                // Blocks grow with the store, so that few small maps take little memory.
                long capacity = Math.Clamp(Count, Math.Min(ShortestBlock, longestBlock), longestBlock);
                _blocks.Add(new Block(new NativeBuffer<T>(capacity)));
            }

            Block last = _blocks[^1];
            return last.Data.Slice(last.Length, (int)(last.Data.Capacity - last.Length));
        }
    }

    /// <summary>Makes the first <paramref name="count"/> elements of <see cref="Free"/> part of the store.</summary>
    public void Commit(int count)
    {
        _blocks[^1].Length += count;
        Count += count;
        BytesInMemory += (long)count * sizeof(T);
    }

    /// <summary>Sorts every block, writes it to the file and frees it.</summary>
    public void Spill(SpillFile file)
    {
        if (_blocks.Count == 0)
        {
            return;
        }

        using var scratch = new NativeBuffer<T>(_blocks.Max(block => block.Length));
        while (_blocks.Count > 0)
        {
            Block block = _blocks[^1];
            T* sorted = RadixSort.Sort<T, TKey>(block.Data.Pointer, scratch.Pointer, block.Length);
            var elements = new ReadOnlySpan<T>(sorted, block.Length);
            _runs.Add(new Run(file, file.Append(MemoryMarshal.AsBytes(elements)), IndexOf(elements)));
            BytesInMemory -= (long)block.Length * sizeof(T);
            _blocks.RemoveAt(_blocks.Count - 1);
            block.Data.Dispose();
        }
    }

    /// <summary>How many elements every bucket holds.</summary>
    public long[] BucketCounts()
    {
        var counts = new long[Buckets];
        foreach (Block block in _blocks)
        {
            foreach (T element in block.Data.Slice(0, block.Length))
            {
                counts[TKey.Key(element) >> BucketShift]++;
            }
        }

        foreach (Run run in _runs)
        {
            for (int bucket = 0; bucket < Buckets; bucket++)
            {
                counts[bucket] += run.FirstOfBucket[bucket + 1] - run.FirstOfBucket[bucket];
            }
        }

        return counts;
    }

    /// <summary>Copies the elements of buckets <paramref name="first"/> .. <paramref name="last"/> in no particular order; returns how many.</summary>
    public int Gather(int first, int last, T* destination)
    {
        int gathered = GatherBlocks(first, last, destination);
        foreach (Run run in _runs)
        {
            int start = run.FirstOfBucket[first];
            int count = run.FirstOfBucket[last + 1] - start;
            run.File.Read(MemoryMarshal.AsBytes(new Span<T>(destination + gathered, count)), run.Offset + ((long)start * sizeof(T)));
            gathered += count;
        }

        return gathered;
    }

    /// <summary>
    /// Shows all elements of buckets <paramref name="first"/> .. <paramref name="last"/>, and from memory others too:
    /// the visitor looks at the key.
    /// </summary>
    public void Visit<TVisitor>(int first, int last, ref TVisitor visitor) where TVisitor : struct, IPieceVisitor<T>
    {
        foreach (Block block in _blocks)
        {
            visitor.Visit(block.Data.Slice(0, block.Length));
        }

        if (_runs.Count == 0)
        {
            return;
        }

        using var buffer = new NativeBuffer<T>(ChunkLength);
        foreach (Run run in _runs)
        {
            int end = run.FirstOfBucket[last + 1];
            for (int start = run.FirstOfBucket[first]; start < end; start += ChunkLength)
            {
                Span<T> piece = buffer.Slice(0, Math.Min(ChunkLength, end - start));
                run.File.Read(MemoryMarshal.AsBytes(piece), run.Offset + ((long)start * sizeof(T)));
                visitor.Visit(piece);
            }
        }
    }

    public void Dispose()
    {
        foreach (Block block in _blocks)
        {
            block.Data.Dispose();
        }

        _blocks.Clear();
        _runs.Clear();
        BytesInMemory = 0;
        Count = 0;
    }

    private static int[] IndexOf(ReadOnlySpan<T> sorted)
    {
        var firstOfBucket = new int[Buckets + 1];
        foreach (T element in sorted)
        {
            firstOfBucket[(TKey.Key(element) >> BucketShift) + 1]++;
        }

        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            firstOfBucket[bucket + 1] += firstOfBucket[bucket];
        }

        return firstOfBucket;
    }

    private int GatherBlocks(int first, int last, T* destination)
    {
        List<Chunk> chunks = [];
        foreach (Block block in _blocks)
        {
            for (int start = 0; start < block.Length; start += ChunkLength)
            {
                chunks.Add(new Chunk((nint)(block.Data.Pointer + start), Math.Min(ChunkLength, block.Length - start)));
            }
        }

        Chunk[] parts = [.. chunks];
        uint lowest = (uint)first << BucketShift;
        uint span = (uint)((((long)last - first + 1) << BucketShift) - 1);
        Workers.For(parts.Length, new CountBody(parts, lowest, span));
        int gathered = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i].Destination = gathered;
            gathered += parts[i].Inside;
        }

        Workers.For(parts.Length, new CopyBody(parts, lowest, span, destination));
        return gathered;
    }

    private sealed class Block(NativeBuffer<T> data)
    {
        public NativeBuffer<T> Data { get; } = data;

        public int Length { get; set; }
    }

    private sealed record Run(SpillFile File, long Offset, int[] FirstOfBucket);

    private struct Chunk(nint data, int length)
    {
        public readonly T* Data => (T*)data;

        public readonly int Length => length;

        public int Inside;

        public int Destination;
    }

    private readonly struct CountBody(Chunk[] chunks, uint lowest, uint span) : IParallelBody
    {
        public void Invoke(int index)
        {
            ref Chunk chunk = ref chunks[index];
            int inside = 0;
            foreach (T element in new ReadOnlySpan<T>(chunk.Data, chunk.Length))
            {
                inside += TKey.Key(element) - lowest <= span ? 1 : 0;
            }

            chunk.Inside = inside;
        }
    }

    private readonly struct CopyBody(Chunk[] chunks, uint lowest, uint span, T* destination) : IParallelBody
    {
        public void Invoke(int index)
        {
            ref Chunk chunk = ref chunks[index];
            T* source = chunk.Data;
            T* target = destination + chunk.Destination;
            if (chunk.Inside == chunk.Length)
            {
                new ReadOnlySpan<T>(source, chunk.Length).CopyTo(new Span<T>(target, chunk.Length));
                return;
            }

            // Written always, kept if inside: no branch to mispredict, and never past this chunk's own part.
            T* end = target + chunk.Inside;
            while (target < end)
            {
                T element = *source++;
                *target = element;
                target += TKey.Key(element) - lowest <= span ? 1 : 0;
            }
        }
    }
}
